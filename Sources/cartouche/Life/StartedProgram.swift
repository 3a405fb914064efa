#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A process that was started to take the place of this one.
struct StartedProgram: Successor {
    let process: Int32
    /// Where it says that it serves.
    private let report: Int32
    /// Ends it, and tells what `waitpid` says of it; nil where nobody knows.
    private let kill: @Sendable () -> Int32?

    /// A child of this process.
    init(process: Int32, report: Int32) {
        self.init(process: process, report: report) {
            _ = systemKill(process, SIGKILL)
            var status: Int32 = 0
            while unsafe waitpid(process, &status, 0) < 0, errno == EINTR {}
            return status
        }
    }

    init(process: Int32, report: Int32, kill: @escaping @Sendable () -> Int32?) {
        self.process = process
        self.report = report
        self.kill = kill
    }

    func awaitReady(seconds: Int32) -> String? {
        defer { close(report) }
        var line: [UInt8] = []
        let deadline = ContinuousClock.now + .seconds(Int64(seconds))
        while true {
            let left = ContinuousClock.now.duration(to: deadline).components
            let milliseconds = left.seconds * 1000 + left.attoseconds / 1_000_000_000_000_000
            guard milliseconds > 0 else { return end("it did not serve within \(seconds) s") }
            var entry = pollfd(fd: report, events: Int16(POLLIN), revents: 0)
            guard unsafe poll(&entry, 1, Int32(clamping: milliseconds)) > 0 else { continue }
            var byte: UInt8 = 0
            let count = unsafe read(report, &byte, 1)
            if count < 0, errno == EINTR { continue }
            guard count == 1 else { return end("it ended before it served") }
            line.append(byte)
            if line.elementsEqual(HandOver.ready.utf8) { return nil }
            guard line.count < HandOver.ready.utf8.count else { return end("it said something else than expected") }
        }
    }

    private func end(_ reason: String) -> String {
        guard let status = kill(), status & 0x7F == 0 else { return reason }
        return "\(reason) (exit code \(status >> 8 & 0xFF))"
    }
}

private func systemKill(_ process: Int32, _ signal: Int32) -> Int32 { kill(process, signal) }
