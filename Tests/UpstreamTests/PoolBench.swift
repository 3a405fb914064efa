import Foundation
import Secrets
import TLS
import TestSupport
import Transport
import Wire

@testable import Upstream

/// One exchange, told as a row of events. Used on the loop; read from the test's thread.
final class Client: UpstreamClient, @unchecked Sendable {
    let events = Recorder<String>()
    // Touched on the loop only.
    var connection: UpstreamConnection?
    var request = "GET / HTTP/1.1\r\nHost: x\r\n"
    var method = Method.get
    var body: [UInt8]?
    var pace = ClientPace.prompt
    var answerTimeout: Int64?
    var whenServed: () -> Void = {}

    /// One that has hardly room for an answer.
    static func withoutRoom() -> Client {
        let client = Client()
        client.pace = .narrow
        client.request = "GET /narrow HTTP/1.1\r\nHost: x\r\n"
        return client
    }

    /// Its body will not come.
    func announceBody() {
        method = .post
        request = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n"
        body = []
    }

    func start(_ pool: UpstreamPool, fresh: Bool = false) {
        if let connection = pool.obtain(for: self, fresh: fresh) { connectionObtained(connection) }
    }

    func connectionObtained(_ connection: UpstreamConnection) {
        events.note(connection.isReused ? "reused" : "new")
        whenServed()
        self.connection = connection
        var prepared = PreparedRequest(reusing: [])
        prepared.write { $0.append(contentsOf: request.utf8) }
        connection.send(
            prepared.authorisedAsPublic(), method: method, isComplete: body == nil, answerTimeout: answerTimeout)
        guard let body else { return }
        connection.releaseSending()
        guard !body.isEmpty else { return }
        connection.send(body.span)
        connection.finishSending()
    }

    func connectionRefused(_ failure: UpstreamFailure) { events.note("refused \(failure)") }
    func interimHeadReceived(_ head: borrowing ResponseHead) { events.note("interim \(head.status)") }
    func headReceived(_ head: borrowing ResponseHead, framing: BodyFraming, options: ConnectionOptions) {
        events.note("\(head.status)")
    }
    func bodyReceived(_ bytes: Span<UInt8>, isLast: Bool) {}
    func receivingPaused() {}
    func sendingDrained() {}

    func answerEnded(_ trailers: TrailerSection?) {
        connection = nil
        events.note("ended")
    }

    func exchangeFailed(_ failure: UpstreamFailure, wasReused: Bool) {
        connection = nil
        events.note("failed \(failure)\(wasReused ? " reused" : "")")
    }
}

final class KeptPool {
    let pool: UpstreamPool
    var waitingClients: [Client] = []
    init(_ pool: UpstreamPool) { self.pool = pool }
}

/// A pool on a loop of its own.
struct PoolBench {
    let actor: LoopActor
    let driver: LoopDriver

    /// - Parameters:
    ///   - host: an address, or a name for `lookUp`.
    ///   - proxy: where there is one, TLS is to be spoken through it.
    init(
        port: UInt16, host: String = "127.0.0.1", limits: PoolLimits = PoolLimits(),
        timeouts: UpstreamTimeouts = UpstreamTimeouts(), proxy: EgressProxy? = nil,
        lookUp: @escaping Resolver.LookUp = Resolver.ask
    ) async throws {
        let trust = proxy == nil ? nil : try TLSContext.client(trustingSystem: false)
        let isAddress = SocketAddress(numeric: host, port: 0) != nil
        (actor, driver) = try LoopActor.start()
        await actor.keep { loop in
            KeptPool(
                UpstreamPool(
                    endpoint: Endpoint(host: host, port: port, isAddress: isAddress, trust: trust, proxy: proxy),
                    loop: loop, resolver: Resolver(pool: BlockingPool(threads: 1), lookUp: lookUp), limits: limits,
                    timeouts: timeouts))
        }
    }

    func with<Value: Sendable>(_ body: @Sendable (UpstreamPool) -> Value) async -> Value {
        await actor.use(KeptPool.self) { body($0.pool) }!
    }

    func start(_ client: Client, fresh: Bool = false) async { await with { client.start($0, fresh: fresh) } }

    /// Runs one exchange to its end and gives its events.
    func run(_ client: Client = Client(), last: [String] = ["ended", "failed", "refused"]) async throws -> [String] {
        await start(client)
        return try await events(of: client, last: last)
    }

    func events(of client: Client, last: [String] = ["ended", "failed", "refused"]) async throws -> [String] {
        try await blocking {
            _ = eventually { client.events.all.last.map { event in last.contains { event.hasPrefix($0) } } ?? false }
            return client.events.all
        }
    }

    func end() async {
        await with { $0.close() }
        await actor.drop()
    }
}
