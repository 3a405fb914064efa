import Dispatch
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Where lines go: a descriptor that may block, written to by a queue of its own.
///
/// Event loops only append to memory. If the reader of the other end stops reading, lines are dropped and
/// counted instead of holding requests up, and the count is written once there is room.
package final class LogSink: Sendable {
    private struct Pending {
        var bytes: [UInt8] = []
        /// Since it was last said, and in all.
        var dropped = 0
        var droppedInAll = 0
        var isWriting = false
    }

    private let pending = Mutex(Pending())
    private let queue = DispatchQueue(label: "cartouche.log")
    private let descriptor: Int32

    /// What may wait to be written, in bytes: some ten thousand lines.
    private static let limit = 4 << 20

    package init(descriptor: Int32) { self.descriptor = descriptor }

    package static let standardError = LogSink(descriptor: 2)

    /// Appends one line, which ends with its line feed.
    package func write(_ line: Span<UInt8>) {
        let mustStart = pending.withLock { pending -> Bool in
            guard pending.bytes.count + line.count <= Self.limit else {
                pending.dropped += 1
                pending.droppedInAll += 1
                return false
            }
            unsafe line.withUnsafeBufferPointer { unsafe pending.bytes.append(contentsOf: $0) }
            defer { pending.isWriting = true }
            return !pending.isWriting
        }
        if mustStart { queue.async { self.drain() } }
    }

    /// Lines that were dropped since the program began.
    package var droppedLines: Int { pending.withLock(\.droppedInAll) }

    package func write(_ text: String) { write(Array((text + "\n").utf8).span) }

    /// Waits until everything given so far is written; for the end of the program.
    package func flush() { queue.sync { self.drain() } }

    private func drain() {
        while true {
            let (bytes, dropped) = pending.withLock { pending -> ([UInt8], Int) in
                defer {
                    pending.isWriting = !pending.bytes.isEmpty
                    pending.bytes = []
                    pending.dropped = 0
                }
                return (pending.bytes, pending.dropped)
            }
            guard !bytes.isEmpty else { return }
            put(bytes)
            if dropped > 0 { put(Array("cartouche: \(dropped) log lines were dropped\n".utf8)) }
        }
    }

    private func put(_ bytes: [UInt8]) {
        var start = 0
        while start < bytes.count {
            let written = unsafe bytes.withUnsafeBytes { buffer in
                unsafe systemWrite(descriptor, buffer.baseAddress.map { unsafe $0 + start }, buffer.count - start)
            }
            if written > 0 {
                start += written
            } else if written < 0, errno == EINTR {
                continue
            } else if written < 0, errno == EAGAIN {
                var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = unsafe poll(&wait, 1, 1000)
            } else {
                // A full disk or a closed pipe: there is nowhere to say so.
                return
            }
        }
    }
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    guard let bytes = unsafe bytes else { return 0 }
    return unsafe write(descriptor, bytes, count)
}
