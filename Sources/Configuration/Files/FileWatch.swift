/// Notices that some files that belong together have changed, once all of them have stayed the same from one look to the
/// next: what is still being written is left alone.
package struct FileWatch: Equatable, Sendable {
    package let paths: [String]
    private var known: [FileFingerprint]
    private var seen: [FileFingerprint]?

    /// What is there now counts as known: to be made before the files are read.
    package init(_ paths: [String]) {
        self.paths = paths
        known = paths.map { FileFingerprint(of: $0) }
    }

    /// True once for each change.
    package mutating func look() -> Bool {
        let found = paths.map { FileFingerprint(of: $0) }
        guard found != known else {
            seen = nil
            return false
        }
        guard found == seen else {
            seen = found
            return false
        }
        known = found
        seen = nil
        return true
    }
}
