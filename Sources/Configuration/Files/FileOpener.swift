#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Opens the files that are read: a process that has given up the right to asks another one to.
package protocol FileOpener: Sendable {
    /// Opens for reading. Never waits, not even for the writer of a FIFO.
    ///
    /// - Returns: a descriptor that is the caller's and closes on `exec`.
    func open(reading path: String) throws(SystemError) -> Int32
}

/// This process does.
package struct OwnOpener: FileOpener {
    package init() {}

    package func open(reading path: String) throws(SystemError) -> Int32 {
        let number = systemOpen(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard number >= 0 else { throw SystemError.last }
        return number
    }
}

private func systemOpen(_ path: String, _ flags: Int32) -> Int32 { unsafe open(path, flags) }
