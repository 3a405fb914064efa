#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The right to fetch the next token of one client, among all processes of this user on this machine.
///
/// It goes with the last reference, and with the process however that ends: the kernel holds it on the open file
/// (flock(2)), which no other process has inherited. The file itself stays, for a lock on a file that has been
/// removed excludes nobody.
package final class TokenLock: Sendable {
    private let descriptor: Int32

    package enum Attempt: Sendable {
        case held(TokenLock)
        /// Another process is fetching.
        case busy
        /// There is no locking here; everyone fetches for itself.
        case unavailable(TokenStoreError)
    }

    static func attempt(on file: OwnFile) -> Attempt {
        // A copy, so that the lock outlives the checked file it was made from.
        let descriptor = fcntl(file.descriptor, F_DUPFD_CLOEXEC, 0)
        guard descriptor >= 0 else { return .unavailable(.last) }
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            let code = errno
            if code == EINTR { continue }
            close(descriptor)
            return code == EWOULDBLOCK ? .busy : .unavailable(.system(code))
        }
        return .held(TokenLock(descriptor))
    }

    private init(_ descriptor: Int32) { self.descriptor = descriptor }

    // Closing would do, if nothing had inherited the open file; unlocking does in any case.
    deinit {
        _ = flock(descriptor, LOCK_UN)
        close(descriptor)
    }
}
