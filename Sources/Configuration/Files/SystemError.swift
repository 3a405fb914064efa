#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A system call's `errno`.
package struct SystemError: Error, Hashable, Sendable, CustomStringConvertible {
    package let code: Int32

    package init(code: Int32) { self.code = code }

    /// That of the call that just failed on this thread.
    static var last: SystemError { SystemError(code: errno) }

    package var description: String {
        guard let text = unsafe strerror(code) else { return "error \(code)" }
        return unsafe String(cString: text)
    }
}

extension SystemError {
    /// Whether it says that there is no such file.
    var isAbsence: Bool { code == ENOENT || code == ENOTDIR }
}
