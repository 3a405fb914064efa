import Secrets

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Reads files whose content the program acts upon, after finding that nobody else could have written them.
///
/// The checks are made on the descriptor that is read, so nothing can take the file's place between them. Links
/// are followed (container platforms mount files as links) when a trusted user made them; the folders of link
/// and target are both checked.
struct ProtectedFile: Sendable {
    /// Wiped by whoever knows that they hold a secret.
    var bytes: [UInt8]
    let status: FileStatus

    init(at path: String, limit: Int, trust: FileTrust) throws(FileProblem) {
        let link = try Self.mapped(path) { () throws(SystemError) in try FileStatus(ofLinkAt: path) }
        if link.isLink {
            guard trust.trustedOwners.contains(link.owner) else {
                throw .ownedByStranger(path: path, owner: link.owner)
            }
            try trust.checkFolder(of: Self.target(of: path))
        }
        try trust.checkFolder(of: path)
        // Opening some devices has effects, so this is asked before as well as after.
        let named = try Self.mapped(path) { () throws(SystemError) in try FileStatus(following: path) }
        guard named.isRegular else { throw .notRegular(path: path) }
        let file: FileDescriptor
        do throws(SystemError) { file = try FileDescriptor(reading: path, by: trust.opener) } catch { throw Self.problem(error, path) }
        do throws(SystemError) { status = try FileStatus(of: file) } catch { throw Self.problem(error, path) }
        guard status.isRegular else { throw .notRegular(path: path) }
        try trust.checkWriters(of: status, at: path)
        // A file that grows while it is read is caught by the limit too.
        do throws(SystemError) {
            bytes = try file.readAll(limit: min(max(status.size, 0), limit))
        } catch {
            throw Self.problem(error, path)
        }
        guard bytes.count <= limit else {
            wipe(&bytes)
            throw .tooLarge(path: path, limit: limit)
        }
    }

    private static func target(of path: String) throws(FileProblem) -> String {
        guard let resolved = unsafe realpath(path, nil) else { throw problem(SystemError.last, path) }
        defer { unsafe free(resolved) }
        return unsafe String(cString: resolved)
    }

    private static func mapped<Result>(
        _ path: String, _ body: () throws(SystemError) -> Result
    ) throws(FileProblem) -> Result {
        do throws(SystemError) { return try body() } catch { throw problem(error, path) }
    }

    private static func problem(_ error: SystemError, _ path: String) -> FileProblem {
        switch error.code {
        case ENOENT, ENOTDIR: .missing(path: path)
        default: .unreadable(path: path, error)
        }
    }
}
