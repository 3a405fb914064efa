/// Taking paths apart, as the system does.
package enum OwnPath {
    /// The folder and the name in it. Nil for what names no file.
    package static func split(_ path: String) -> (folder: String, name: String)? {
        guard let slash = path.lastIndex(of: "/") else { return path.isEmpty ? nil : (".", path) }
        let name = String(path[path.index(after: slash)...])
        guard !name.isEmpty, name != ".", name != ".." else { return nil }
        return (slash == path.startIndex ? "/" : String(path[..<slash]), name)
    }
}
