import Foundation

package struct TestError: Error, CustomStringConvertible {
    package let description: String
    package init(_ text: String) { description = text }
}

/// A blocking TCP socket for tests: either end. Every wait ends after twenty seconds.
package final class Peer: @unchecked Sendable {
    // Used by one thread at a time, but for ``cut()``.
    private let closing = NSLock()
    package private(set) var descriptor: Int32
    private var buffer: [UInt8] = []
    private var start = 0
    private var available: Int { buffer.count - start }

    package init(adopting descriptor: Int32) {
        self.descriptor = descriptor
        setTimeouts(seconds: 20)
    }

    package init(connectingTo port: UInt16, receiveBuffer: Int32? = nil) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw TestError("socket: \(errno)") }
        if var size = receiveBuffer {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        setTimeouts(seconds: 20)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            let number = errno
            close()
            throw TestError("connect: \(number)")
        }
    }

    deinit { close() }

    package func setTimeouts(seconds: Int) {
        var limit = timeval(tv_sec: seconds, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    // MARK: Sending

    package func send(_ text: String) throws { try send(Array(text.utf8)) }

    package func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                systemSend(descriptor, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw TestError("send: \(errno)") }
            sent += count
        }
    }

    /// Sends until the peer takes no more for `milliseconds`; gives how many bytes went.
    package func sendUntilStuck(_ block: [UInt8], limit: Int, milliseconds: Int32) -> Int {
        var total = 0
        while total < limit {
            var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            guard poll(&wait, 1, milliseconds) == 1 else { return total }
            let count = block.withUnsafeBytes {
                systemSend(descriptor, $0.baseAddress!, block.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
            }
            if count < 0, errno == EAGAIN { continue }
            guard count > 0 else { return total }
            total += count
        }
        return total
    }

    /// FIN.
    package func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    package func close() {
        closing.lock()
        defer { closing.unlock() }
        guard descriptor >= 0 else { return }
        systemClose(descriptor)
        descriptor = -1
    }

    /// Ends both directions; from any thread.
    package func cut() {
        closing.lock()
        defer { closing.unlock() }
        if descriptor >= 0 { shutdown(descriptor, Int32(SHUT_RDWR)) }
    }

    /// RST.
    package func reset() {
        var setting = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &setting, socklen_t(MemoryLayout<linger>.size))
        close()
    }

    // MARK: Receiving

    package enum End: Equatable, Sendable {
        case finished
        case failed(Int32)
    }

    /// Reads once more; nil: there are bytes now.
    private func fill() -> End? {
        if start > 0 {
            buffer.removeFirst(start)
            start = 0
        }
        let count = withUnsafeTemporaryAllocation(byteCount: 256 << 10, alignment: 1) { chunk in
            let count = recv(descriptor, chunk.baseAddress, chunk.count, 0)
            if count > 0 { buffer.append(contentsOf: UnsafeRawBufferPointer(rebasing: chunk[..<count])) }
            return count
        }
        if count < 0 { return .failed(errno) }
        return count == 0 ? .finished : nil
    }

    private func take(_ count: Int) -> ArraySlice<UInt8> {
        defer { start += count }
        return buffer[start..<start + count]
    }

    package func readExactly(_ count: Int) throws -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(count)
        while result.count < count {
            if available == 0, let end = fill() { throw TestError("\(end) after \(result.count) of \(count) bytes") }
            result += take(min(available, count - result.count))
        }
        return result
    }

    package func readText(_ count: Int) throws -> String { String(decoding: try readExactly(count), as: UTF8.self) }

    /// Reads up to and including `mark`.
    package func read(through mark: String) throws -> String {
        let mark = Array(mark.utf8)
        var searched = 0
        while true {
            while searched + mark.count <= available {
                let begin = start + searched
                if buffer[begin] == mark[0], buffer[begin..<begin + mark.count].elementsEqual(mark) {
                    return String(decoding: take(searched + mark.count), as: UTF8.self)
                }
                searched += 1
            }
            if let end = fill() {
                throw TestError("\(end) before a mark; had: \(String(decoding: buffer, as: UTF8.self))")
            }
        }
    }

    package func readHead() throws -> Head { Head(try read(through: "\r\n\r\n")) }

    /// Everything until the peer's end.
    package func readToEnd() -> (bytes: [UInt8], end: End) {
        while true {
            if let end = fill() { return (Array(take(available)), end) }
        }
    }

    /// A chunked body with its trailers, decoded.
    package func readChunked() throws -> (body: [UInt8], trailers: String) {
        var body: [UInt8] = []
        while true {
            let line = try read(through: "\r\n")
            guard let size = Int(line.prefix { $0.isHexDigit }, radix: 16) else {
                throw TestError("no chunk size: \(line)")
            }
            guard size > 0 else { break }
            body += try readExactly(size)
            guard try readText(2) == "\r\n" else { throw TestError("no end of chunk") }
        }
        var trailers = ""
        while true {
            let line = try read(through: "\r\n")
            if line == "\r\n" { return (body, trailers) }
            trailers += line
        }
    }

    /// Whether bytes or an end come within `milliseconds`.
    package func hasNews(within milliseconds: Int32) -> Bool {
        if available > 0 { return true }
        var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&wait, 1, milliseconds) == 1
    }
}

/// A head as text, for asserting about.
package struct Head: Sendable, CustomStringConvertible {
    package let text: String
    package let startLine: String
    package let lines: [(name: String, value: String)]

    package init(_ text: String) {
        self.text = text
        var all = text.split(separator: "\r\n").map(String.init)
        startLine = all.isEmpty ? "" : all.removeFirst()
        lines = all.map { line in
            let parts = line.split(separator: ":", maxSplits: 1).map(String.init)
            return (parts[0].lowercased(), (parts.count > 1 ? parts[1] : "").trimmingCharacters(in: .whitespaces))
        }
    }

    package var description: String { text }
    package var status: Int { Int(startLine.split(separator: " ").dropFirst().first ?? "") ?? 0 }

    /// All values of a field, joined.
    package subscript(_ name: String) -> String? {
        let values = lines.filter { $0.name == name.lowercased() }.map(\.value)
        return values.isEmpty ? nil : values.joined(separator: ", ")
    }
}

extension Peer {
    /// A whole answer: its head and its body, whatever the framing; interim heads come before it.
    package func readAnswer(toHead: Bool = false) throws -> Answer {
        let head = try readHead()
        if (100..<200).contains(head.status) || head.status == 204 || head.status == 304 || toHead {
            return Answer(head: head, body: [], trailers: "", end: nil)
        }
        if head["transfer-encoding"] == "chunked" {
            let (body, trailers) = try readChunked()
            return Answer(head: head, body: body, trailers: trailers, end: nil)
        }
        if let length = head["content-length"].flatMap(Int.init) {
            return Answer(head: head, body: try readExactly(length), trailers: "", end: nil)
        }
        let (body, end) = readToEnd()
        return Answer(head: head, body: body, trailers: "", end: end)
    }
}

package struct Answer: Sendable {
    package let head: Head
    package let body: [UInt8]
    package let trailers: String
    package let end: Peer.End?
    package var status: Int { head.status }
    package var text: String { String(decoding: body, as: UTF8.self) }
}
