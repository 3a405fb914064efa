import CSystem

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Where the control sockets of a user's instances are: one for each, named by its process.
package struct ControlFolder: Sendable {
    package let path: String

    private static let suffix = ".sock"

    /// The first that is given: systemd's `RuntimeDirectory=`, the XDG base directory specification's folder for
    /// sockets, and where there is none of these (a login without a session), a folder beside the tokens.
    package init(environment: [String: String]) throws(ControlError) {
        // systemd lists several folders with colons between them.
        if let first = environment["RUNTIME_DIRECTORY"]?.split(separator: ":").first, first.hasPrefix("/") {
            path = String(first) + "/control"
        } else if let runtime = environment["XDG_RUNTIME_DIR"], runtime.hasPrefix("/") {
            path = runtime + "/cartouche"
        } else if let home = environment["HOME"], home.hasPrefix("/") {
            path = home + "/.local/state/cartouche/control"
        } else {
            throw .noFolder
        }
    }

    package func socketPath(of process: Int32) -> String { "\(path)/\(process)\(Self.suffix)" }

    /// Makes it where it is missing, for its owner alone.
    func make() throws(ControlError) {
        var end = path.startIndex
        while end < path.endIndex {
            end = path[path.index(after: end)...].firstIndex(of: "/") ?? path.endIndex
            let part = String(path[..<end])
            guard unsafe mkdir(part, 0o700) != 0 else { continue }
            let error = ControlError.last
            // Of a part that exists already, mkdir may say first that it may not be written to.
            guard unsafe access(part, F_OK) == 0 else { throw error }
        }
        try check()
    }

    /// Who could write to it could put a socket of theirs in the place of ours.
    func check() throws(ControlError) {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { throw .last }
        guard status.st_mode & S_IFMT == S_IFDIR, status.st_uid == geteuid(), status.st_mode & 0o022 == 0 else {
            throw .folderUnsafe(path: path)
        }
    }

    /// The processes that have left a socket here, whether they live or not; none where there is no folder.
    package func processes() -> [Int32] {
        guard (try? check()) != nil, let folder = unsafe opendir(path) else { return [] }
        defer { unsafe closedir(folder) }
        var found: [Int32] = []
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { field in
                unsafe field.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            guard name.hasSuffix(Self.suffix), let process = Int32(name.dropLast(Self.suffix.count)) else { continue }
            found.append(process)
        }
        return found.sorted()
    }
}
