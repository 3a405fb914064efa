import OwnFiles

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The file of a log that is written to: nothing but its end can be.
package enum AuditFile {
    /// Opens for appending, and makes what is missing: a descriptor that closes on `exec`.
    package typealias Opener = @Sendable (String) throws(OwnFileError) -> Int32

    /// This process does.
    package static let opener: Opener = { (path) throws(OwnFileError) in
        let flags = O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC
        let descriptor = systemOpen(path, flags, 0o600)
        guard descriptor >= 0 else { throw .lastOpening }
        return descriptor
    }

    static func open(_ path: String, by opener: Opener) throws(AuditTrailError) -> OwnFile {
        do throws(OwnFileError) {
            // Readable by others if somebody made it so: whoever reads logs need not be us.
            return try OwnFile(opener(path), .readable)
        } catch {
            throw .log(error)
        }
    }

    /// Whether the path still leads to that file: a log is rotated by renaming it.
    static func isAt(_ path: String, inode: UInt64) -> Bool {
        var status = stat()
        return unsafe lstat(path, &status) == 0 && UInt64(truncatingIfNeeded: status.st_ino) == inode
    }
}

private func systemOpen(_ path: String, _ flags: Int32, _ mode: mode_t) -> Int32 { unsafe open(path, flags, mode) }
