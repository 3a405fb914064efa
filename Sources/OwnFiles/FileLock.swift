#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The right to do something that one process of this user on this machine may do at a time, told by a file.
///
/// It goes with the last reference, and with the process however that ends: the kernel holds it on the open file
/// (flock(2)), which no other process has inherited. The file itself stays, for a lock on a file that has been
/// removed excludes nobody.
package final class FileLock: Sendable {
    private let descriptor: Int32

    package enum Attempt: Sendable {
        case held(FileLock)
        /// Another process has it.
        case busy
        /// There is no locking here.
        case unavailable(OwnFileError)
    }

    package static func attempt(on file: OwnFile) -> Attempt {
        // A copy, so that the lock outlives the checked file it was made from.
        let descriptor = fcntl(file.descriptor, F_DUPFD_CLOEXEC, 0)
        guard descriptor >= 0 else { return .unavailable(.last) }
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            let code = errno
            if code == EINTR { continue }
            close(descriptor)
            return code == EWOULDBLOCK ? .busy : .unavailable(.system(code))
        }
        return .held(FileLock(descriptor))
    }

    private init(_ descriptor: Int32) { self.descriptor = descriptor }

    // Closing would do, if nothing had inherited the open file; unlocking does in any case.
    deinit {
        _ = flock(descriptor, LOCK_UN)
        close(descriptor)
    }
}
