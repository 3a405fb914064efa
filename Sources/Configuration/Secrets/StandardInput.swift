#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

enum StandardInput {
    /// Everything standard input has, up to `limit` bytes and one.
    static func readSecret(limit: Int) throws(SecretProblem) -> [UInt8] {
        guard isatty(STDIN_FILENO) == 0 else { throw .standardInputIsTerminal }
        // A copy, so that the owner can close it.
        let copy = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { throw .standardInputUnreadable(SystemError.last) }
        do throws(SystemError) {
            return try FileDescriptor(owning: copy).readAll(limit: limit)
        } catch {
            throw .standardInputUnreadable(error)
        }
    }
}
