#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

enum StandardInput {
    /// Everything standard input has, up to `limit` bytes and one. Blocks until whoever writes it has closed it, for
    /// `timeLimit` at most: a pipe that somebody forgot to close must not look like a program that hangs.
    static func readSecret(limit: Int, timeLimit: Duration) throws(SecretProblem) -> [UInt8] {
        guard isatty(STDIN_FILENO) == 0 else { throw .standardInputIsTerminal }
        // A copy, so that the owner can close it.
        let copy = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { throw .standardInputUnreadable(SystemError.last) }
        do throws(SystemError) {
            let bytes = try FileDescriptor(owning: copy).readAll(limit: limit, until: ContinuousClock.now + timeLimit)
            if let bytes { return bytes }
        } catch {
            throw .standardInputUnreadable(error)
        }
        throw .standardInputUnending(after: timeLimit)
    }
}
