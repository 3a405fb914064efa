import Foundation
import Transport
import Wire

/// A blocking client on one plain connection. Nothing is waited for longer than ten seconds.
final class ServerTestClient {
    struct Answer {
        var status: Int
        var fields: [String: String]
        var content: [UInt8]

        var text: String { String(decoding: content, as: UTF8.self) }
    }

    enum Failure: Error {
        case notConnected
        case ended
    }

    private let descriptor: Int32
    private var unread: [UInt8] = []

    init(_ address: SocketAddress) throws {
        #if os(Linux)
            descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
            descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        // Programs that other tests start must not keep it open.
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var four = sockaddr_in()
        four.sin_family = sa_family_t(AF_INET)
        four.sin_port = (address.port ?? 0).bigEndian
        four.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = withUnsafePointer(to: &four) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw Failure.notConnected }
    }

    deinit { close(descriptor) }

    func send(_ text: String) { send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Foundation.send(descriptor, $0.baseAddress! + sent, bytes.count - sent, 0)
            }
            guard count > 0 else { return }
            sent += count
        }
    }

    func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// More bytes; none at the end, nil where the connection broke or nothing came in time.
    func receive() -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        return count >= 0 ? Array(buffer[..<count]) : nil
    }

    /// Waits, without reading, until the connection is broken; false where it stays sound.
    func isBroken() -> Bool {
        var watched = pollfd(fd: descriptor, events: 0, revents: 0)
        return poll(&watched, 1, 10_000) == 1 && Int32(watched.revents) & Int32(POLLERR | POLLHUP) != 0
    }

    /// Everything up to the end; nil where the connection broke or there is no end.
    func rest() -> [UInt8]? {
        var all = unread
        unread = []
        while let bytes = receive() {
            if bytes.isEmpty { return all }
            all += bytes
        }
        return nil
    }

    private func fill() throws {
        guard let more = receive(), !more.isEmpty else { throw Failure.ended }
        unread += more
    }

    func get(_ target: String) throws -> Answer {
        send("GET \(target) HTTP/1.1\r\nHost: localhost\r\n\r\n")
        return try answer()
    }

    /// Reads one answer, and leaves what is behind it.
    func answer(to method: Wire.Method = .get) throws -> Answer {
        var scanner = HeadScanner(.response)
        var length: Int?
        while length == nil {
            let bytes = unread
            length = bytes.isEmpty ? nil : try scanner.scan(bytes.span, limits: .standard)
            if length == nil { try fill() }
        }
        var head = ResponseHead()
        let whole = Array(unread.prefix(length ?? 0))
        try head.parse(whole.span)
        unread.removeFirst(whole.count)
        var fields: [String: String] = [:]
        for line in head.lines {
            let name = String(decoding: head.storage[line.name.range], as: UTF8.self)
            fields[name] = String(decoding: head.storage[line.value.range], as: UTF8.self)
        }
        var body = BodyReader()
        body.begin(try .ofResponse(head, to: method))
        var content: [UInt8] = []
        reading: while true {
            var offset = 0
            let bytes = unread
            let step = try body.next(bytes.span, from: &offset)
            if case .data(let range) = step { content += unread[range] }
            unread.removeFirst(offset)
            switch step {
            case .data: continue
            case .needsMore: try fill()
            case .ended: break reading
            }
        }
        return Answer(status: head.status, fields: fields, content: content)
    }
}
