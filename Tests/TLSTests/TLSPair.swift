import Foundation
import TLS

/// A client and a server that talk over a pair of sockets, both driven by the test's own thread.
final class TLSPair {
    private var client: TLSSession
    private var server: TLSSession
    private let descriptors: [Int32]

    init(
        client: TLSContext, server: TLSContext, host: String, isAddress: Bool = false, sessions: TLSSessionCache? = nil
    ) throws {
        // Of a pair of sockets nothing says so; the program ignores the signal, too.
        signal(SIGPIPE, SIG_IGN)
        descriptors = try Self.sockets()
        self.client = try TLSSession(
            client: client, descriptor: descriptors[0], host: host, isAddress: isAddress, sessions: sessions)
        self.server = try TLSSession(server: server, descriptor: descriptors[1])
    }

    deinit { for descriptor in descriptors { close(descriptor) } }

    private static func sockets() throws -> [Int32] {
        var pair: [Int32] = [-1, -1]
        #if os(Linux)
            let kind = Int32(SOCK_STREAM.rawValue)
        #else
            let kind = SOCK_STREAM
        #endif
        guard socketpair(AF_UNIX, kind, 0, &pair) == 0 else { throw POSIXError(.EMFILE) }
        for descriptor in pair {
            _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
            // Programs that other tests start must not keep it open.
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        }
        return pair
    }

    /// Goes on until both sides are done or one has failed; what each came to.
    func handshake() -> (client: TLSSession.Progress, server: TLSSession.Progress) {
        var ends: (client: TLSSession.Progress, server: TLSSession.Progress) = (.wantsRead, .wantsRead)
        for _ in 0..<20 {
            if ends.client == .wantsRead || ends.client == .wantsWrite { ends.client = client.handshake() }
            if ends.server == .wantsRead || ends.server == .wantsWrite { ends.server = server.handshake() }
        }
        return ends
    }

    /// One step of one side alone.
    func step(ofClient: Bool) -> TLSSession.Progress { ofClient ? client.handshake() : server.handshake() }

    var isResumed: (client: Bool, server: Bool) { (client.isResumed, server.isResumed) }

    var suite: String? { client.suite }

    func serverHasPending() -> Bool { server.hasPending() }

    func sayGoodbye(fromClient: Bool) { fromClient ? client.shutdown() : server.shutdown() }

    func write(_ bytes: [UInt8], fromClient: Bool) -> TLSSession.Transfer {
        bytes.withUnsafeBytes { fromClient ? client.write($0) : server.write($0) }
    }

    func read(byClient: Bool, limit: Int = 1024) -> (transfer: TLSSession.Transfer, bytes: [UInt8]) {
        var buffer = [UInt8](repeating: 0, count: limit)
        let transfer = buffer.withUnsafeMutableBytes { byClient ? client.read(into: $0) : server.read(into: $0) }
        if case .bytes(let count) = transfer { return (transfer, Array(buffer[..<count])) }
        return (transfer, [])
    }

    /// Sends bytes to one side that are none of TLS's, as if the other side had.
    func sendRaw(_ bytes: inout [UInt8], toClient: Bool) {
        _ = send(descriptors[toClient ? 1 : 0], &bytes, bytes.count, 0)
    }

    /// Ends the server's direction without a word of TLS.
    func cutServer() { _ = shutdown(descriptors[1], Int32(SHUT_WR)) }
}
