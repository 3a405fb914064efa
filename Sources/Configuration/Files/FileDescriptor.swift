import Secrets

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A descriptor with one owner: closed when that goes.
struct FileDescriptor: ~Copyable {
    let number: Int32

    /// Takes over an open descriptor.
    init(owning number: Int32) { self.number = number }

    /// Opens for reading. Never waits, not even for the writer of a FIFO.
    init(reading path: String, by opener: any FileOpener = OwnOpener()) throws(SystemError) {
        number = try opener.open(reading: path)
    }

    /// Creates a file that was not there, for its owner alone; follows no link.
    init(creating path: String) throws(SystemError) {
        let number = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard number >= 0 else { throw SystemError.last }
        self.number = number
    }

    deinit { close(number) }

    /// Reads to the end, but no more than `limit` bytes and one, by which too long an input is known. The
    /// buffer never grows, so no copy of a secret is left behind by a reallocation.
    ///
    /// - Parameter deadline: for files that others write, who may take their time: nil is returned when it comes before
    ///   the end.
    func readAll(limit: Int, until deadline: ContinuousClock.Instant) throws(SystemError) -> [UInt8]? {
        try collect(limit: limit, until: deadline)
    }

    func readAll(limit: Int) throws(SystemError) -> [UInt8] { try collect(limit: limit, until: nil) ?? [] }

    private func collect(limit: Int, until deadline: ContinuousClock.Instant?) throws(SystemError) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: limit + 1)
        var filled = 0
        while filled < bytes.count {
            if let deadline, !awaitReadable(until: deadline) {
                wipe(&bytes)
                return nil
            }
            let count = readSome(into: &bytes, at: filled)
            if count == 0 { break }
            if count > 0 {
                filled += count
            } else if errno != EINTR {
                throw SystemError.last
            }
        }
        bytes.removeLast(bytes.count - filled)
        return bytes
    }

    /// One `read` into what is free of the buffer from `start` on; less than 0 leaves the reason in `errno`.
    func readSome(into bytes: inout [UInt8], at start: Int) -> Int {
        unsafe bytes.withUnsafeMutableBytes { buffer in
            let free = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[start...])
            return unsafe read(number, free.baseAddress, free.count)
        }
    }

    /// Waits until there is something to read, the end included; false when the deadline came first.
    func awaitReadable(until deadline: ContinuousClock.Instant) -> Bool {
        while true {
            let left = ContinuousClock.now.duration(to: deadline)
            guard left > .zero else { return false }
            // Rounded up, or the last millisecond would be spent spinning.
            let milliseconds =
                min(left.components.seconds, 3600) * 1000 + left.components.attoseconds / 1_000_000_000_000_000 + 1
            var entry = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
            if unsafe poll(&entry, 1, Int32(clamping: milliseconds)) > 0 { return true }
        }
    }

    func writeAll(_ bytes: [UInt8]) throws(SystemError) {
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[written...])
                return unsafe write(number, rest.baseAddress, rest.count)
            }
            if count > 0 {
                written += count
            } else if count < 0, errno != EINTR {
                throw SystemError.last
            }
        }
    }

    func synchronise() throws(SystemError) {
        guard fsync(number) == 0 else { throw SystemError.last }
    }
}
