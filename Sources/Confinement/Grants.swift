/// What a process keeps when it gives up the rest.
package struct Grants: Equatable, Sendable {
    package struct Tree: Equatable, Sendable {
        package let path: String
        package let rights: FileRights

        package init(_ path: String, _ rights: FileRights) {
            self.path = path
            self.rights = rights
        }
    }

    /// Folders with all that is below them, and single files. What does not exist is left out.
    package var trees: [Tree]
    /// The TCP ports it may connect to, on any machine.
    package var ports: Set<UInt16>

    package init(trees: [Tree], ports: Set<UInt16>) {
        self.trees = trees
        self.ports = ports
    }
}
