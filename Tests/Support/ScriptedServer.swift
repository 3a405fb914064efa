import Foundation
import Synchronization

/// A server on a loopback port whose every connection runs a script on a thread of its own, with blocking
/// calls: what it does is what the script says, in that order.
package final class ScriptedServer: @unchecked Sendable {
    package let port: UInt16
    // Set once; closing it is shutting down.
    private let listener: Int32
    private let script: @Sendable (Peer, Int) throws -> Void
    private let accepted = Mutex(0)
    /// What went wrong in scripts; tests that expect clean ends look here.
    package let problems = Recorder<String>()
    /// One entry for each script that ended.
    package let finished = Recorder<Int>()
    private let open = Mutex<[Int: Peer]>([:])

    /// - Parameters:
    ///   - script: is given each connection and its number, from 0; closing is done for it.
    ///   - last: of the address, 127.0.0.x.
    ///   - port: 0 for any free one.
    ///   - receiveBuffer: of each connection, in bytes; nil: what the kernel sees fit.
    package init(
        backlog: Int32 = 512, last: UInt8 = 1, port: UInt16 = 0, receiveBuffer: Int32? = nil,
        _ script: @escaping @Sendable (Peer, Int) throws -> Void
    ) throws {
        self.script = script
        (listener, self.port) = try Self.listen(backlog: backlog, last: last, port: port)
        if var size = receiveBuffer {
            setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        let server = self
        Thread.detachNewThread { server.acceptAll() }
    }

    /// A listening socket, on a free port unless one is given.
    package static func listen(backlog: Int32, last: UInt8 = 1, port: UInt16 = 0) throws -> (Int32, UInt16) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = (0x7F00_0000 + UInt32(last)).bigEndian
        address.sin_port = port.bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && systemListen(listener, backlog) == 0
                    && getsockname(listener, $0, &length) == 0
            }
        }
        guard result else { throw TestError("listen: \(errno)") }
        return (listener, UInt16(bigEndian: address.sin_port))
    }

    /// A loopback port that nobody listens on.
    package static func closedPort() throws -> UInt16 {
        let (listener, port) = try listen(backlog: 1)
        close(listener)
        return port
    }

    package var connectionCount: Int { accepted.withLock { $0 } }

    private func acceptAll() {
        while true {
            let descriptor = accept(listener, nil, nil)
            if descriptor < 0 {
                if errno == EINTR || errno == ECONNABORTED || errno == EMFILE { continue }
                break
            }
            let peer = Peer(adopting: descriptor)
            let number = accepted.withLock { count in
                defer { count += 1 }
                return count
            }
            open.withLock { $0[number] = peer }
            Thread.detachNewThread {
                do {
                    try self.script(peer, number)
                } catch {
                    self.problems.note("connection \(number): \(error)")
                }
                _ = self.open.withLock { $0.removeValue(forKey: number) }
                peer.close()
                self.finished.note(number)
            }
        }
        close(listener)
    }

    /// Takes no more connections, and cuts those that are open.
    package func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        let peers = open.withLock { Array($0.values) }
        for peer in peers { peer.cut() }
    }

    /// Answers every request on every connection by `answer`, bodies read first.
    package static func answering(_ answer: @escaping @Sendable (Head, [UInt8]) -> String) throws -> ScriptedServer {
        try ScriptedServer { peer, _ in
            while true {
                let request: Head
                do { request = try peer.readHead() } catch { return }
                let body = try peer.readBody(of: request)
                try peer.send(answer(request, body))
            }
        }
    }
}

extension Peer {
    /// The body of a request.
    package func readBody(of request: Head) throws -> [UInt8] {
        if request["transfer-encoding"] != nil { return try readChunked().body }
        return try readExactly(request["content-length"].flatMap(Int.init) ?? 0)
    }
}
