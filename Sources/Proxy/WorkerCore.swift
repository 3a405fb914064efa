import Credentials
import Logging
import Observability
import Policy
import Rewriting
import Secrets
import Transport
import Upstream
import Wire

/// What the connections and exchanges of one event loop share. It belongs to a ``Worker`` and is used on its loop
/// only.
final class WorkerCore {
    let loop: EventLoop
    let gate: Gate
    let tokens: TokenDesk
    let bodies: AnswerBodies
    let timeouts: DownstreamTimeouts
    let headLimits: HeadLimits
    private(set) var isDraining = false
    /// Called when the last connection has gone while draining.
    var drained: () -> Void = {}
    private(set) var connectionCount = 0
    private let connectionLimit: Int
    private var pools: [UpstreamName: UpstreamPool] = [:]
    private var tokenPools: [String: UpstreamPool] = [:]
    private let resolver: Resolver
    private let settings: ProxySettings
    private var accessLog: AccessLog?
    private var identifiers = RequestIdentifier()
    private var acceptors: [Acceptor] = []

    // Kept for reuse, so that a request allocates next to nothing.
    private var freeExchanges: [Exchange] = []
    private var freeBuffers: [[UInt8]] = []
    private var requestHead: RequestHead?

    private static let keptExchanges = 256
    private static let keptBuffers = 64
    /// A buffer larger than this is given back to the allocator, in bytes.
    private static let keptBufferSize = 16 << 10

    /// What is read and thrown away of a client that goes on sending after its last answer, in bytes.
    let lingerLimit = 1 << 20
    /// What is kept back of a 401 while a new token is fetched, in bytes.
    let heldAnswerLimit = 64 << 10

    init(settings: ProxySettings, loop: EventLoop, resolver: Resolver, loops: Int) {
        self.settings = settings
        self.loop = loop
        self.resolver = resolver
        gate = Gate(settings: settings)
        bodies = AnswerBodies(bases: gate.urls)
        tokens = TokenDesk(kinds: settings.book.entries.map(\.kind), loop: loop)
        timeouts = settings.timeouts
        headLimits = settings.headLimits
        connectionLimit = max(settings.connectionLimit / max(loops, 1), 1)
        accessLog = settings.accessLog.map { AccessLog(format: $0, sink: settings.sink) }
        let bodies = bodies
        tokens.tokensChanged = { bodies.guardAgainst(GuardPatterns($0)) }
        for (index, credential) in settings.credentials.enumerated() {
            switch credential {
            case .fixed(let token): tokens.receive(.issued(credential: index, token.issued()))
            case .client(_, _, let secret, _): tokens.receive(.guarded(credential: index, [secret]))
            }
        }
    }

    // MARK: Connections

    func listen(on listener: Listener, index: Int) throws(SystemError) {
        acceptors.append(
            try Acceptor(listener: listener, loop: loop) { [unowned self] descriptor, peer in
                accept(descriptor, peer: peer, listener: index)
            })
    }

    private func accept(_ descriptor: Int32, peer: SocketAddress?, listener: Int) {
        // The loop holds what is registered with it. What it cannot watch has been closed.
        guard (try? DownstreamConnection(descriptor: descriptor, peer: peer, listener: listener, worker: self)) != nil
        else { return }
        connectionCount += 1
        if connectionCount >= connectionLimit { for acceptor in acceptors { acceptor.pause() } }
    }

    func connectionClosed(_ connection: DownstreamConnection) {
        connectionCount -= 1
        if isDraining {
            if connectionCount == 0 { drained() }
        } else if connectionCount == connectionLimit - 1 {
            for acceptor in acceptors { acceptor.resume() }
        }
    }

    /// Whether a client that sends no more has closed its socket, and not only its sending side. The bytes look the
    /// same; on this machine the kernel tells. A client elsewhere, or on a Unix-domain socket (whose closing shows
    /// as a hang-up), is another matter: of the remote one it is assumed, as most proxies do.
    func hasPeerLeft(_ local: SocketAddress?, peer: SocketAddress?) -> Bool {
        guard let peer, let local else { return false }
        switch SocketOwner.find(peer: peer, local: local) {
        case .user: return false
        case .nobody: return true
        case .unknown: return !peer.isLoopback
        }
    }

    // MARK: Upstreams

    func pool(_ name: UpstreamName) -> UpstreamPool? {
        if let pool = pools[name] { return pool }
        guard let base = settings.bases[name] else { return nil }
        let pool = makePool(base.endpoint)
        pools[name] = pool
        return pool
    }

    private func makePool(_ endpoint: Endpoint) -> UpstreamPool {
        UpstreamPool(
            endpoint: endpoint, loop: loop, resolver: resolver, limits: settings.poolLimits,
            timeouts: settings.upstreamTimeouts)
    }

    /// Makes what keeps all credentials in tokens, for this loop to be it.
    ///
    /// - Parameter broadcast: tells every event loop, this one included.
    func makeTokenKeeper(broadcast: @escaping (TokenNews) -> Void) -> TokenKeeper {
        let keeping = TokenKeeping(
            loop: loop, limits: settings.tokenLimits, logger: settings.logger,
            kept: settings.tokenStore.map { KeptTokens(store: $0, pool: BlockingPool(threads: 1)) },
            broadcast: broadcast)
        let named = zip(settings.book.entries, settings.credentials).map { (name: $0.name, credential: $1) }
        return TokenKeeper(named, keeping: keeping) { tokenPool($0) }
    }

    private func tokenPool(_ endpoint: Endpoint) -> UpstreamPool {
        let key = "\(endpoint.trust == nil ? "http" : "https")://\(endpoint.host):\(endpoint.port)"
        if let pool = tokenPools[key] { return pool }
        let pool = makePool(endpoint)
        tokenPools[key] = pool
        return pool
    }

    // MARK: What is lent

    func lendRequestHead() -> RequestHead {
        defer { requestHead = nil }
        return requestHead ?? RequestHead()
    }

    func returnRequestHead(_ head: consuming RequestHead) { requestHead = head }

    func takeExchange() -> Exchange { freeExchanges.popLast() ?? Exchange(worker: self) }

    func giveBack(_ exchange: Exchange) {
        if freeExchanges.count < Self.keptExchanges { freeExchanges.append(exchange) }
    }

    func takeBuffer() -> [UInt8] { freeBuffers.popLast() ?? [] }

    func giveBack(buffer: consuming [UInt8]) {
        guard freeBuffers.count < Self.keptBuffers, buffer.capacity <= Self.keptBufferSize else { return }
        freeBuffers.append(buffer)
    }

    // MARK: Accounts

    func identifyRequest(_ record: inout AccessRecord) {
        var identifier: [UInt8] = []
        swap(&identifier, &record.requestID)
        record = AccessRecord()
        identifiers.next(into: &identifier)
        record.requestID = identifier
    }

    func exchangeFinished(_ record: inout AccessRecord) {
        guard accessLog != nil else { return }
        record.wallNanoseconds = Clock.wallNanoseconds()
        accessLog?.write(record)
    }

    /// The answer to bytes that were no request.
    func answerUnparsed(_ failure: Failure, compose: ((inout [UInt8]) -> Void) -> Void) {
        var record = AccessRecord()
        identifyRequest(&record)
        record.method = "-"
        record.route = "(unparsed)"
        record.status = failure.status
        record.code = failure.code
        var content: [UInt8] = []
        FailureBody.append(failure, requestID: record.requestID.span, to: &content)
        record.bytesOut = Int64(content.count)
        compose { output in
            FailureHead.append(failure, length: content.count, to: &output)
            HeadWriter.appendField(.cartoucheRequestID, record.requestID.span, to: &output)
            HeadWriter.appendField(.connection, "close", to: &output)
            HeadWriter.appendEnd(to: &output)
            output.append(contentsOf: content)
        }
        exchangeFinished(&record)
    }

    /// An upstream sent one of our secrets back.
    func secretsMasked(_ count: Int, _ record: borrowing AccessRecord) {
        settings.logger.error(
            "an upstream's answer held a secret of ours; it was masked",
            metadata: ["route": "\(record.route)", "upstream": "\(record.upstream)", "count": "\(count)"])
    }

    // MARK: Ending

    /// No new connections; requests under way go on and are the last of theirs.
    func drain() {
        guard !isDraining else { return }
        isDraining = true
        for acceptor in acceptors { acceptor.stop() }
        acceptors.removeAll()
        loop.forEachHandler { ($0 as? DownstreamConnection)?.drainAndClose() }
        if connectionCount == 0 { drained() }
    }

    /// Closes everything now.
    func stop() {
        for acceptor in acceptors { acceptor.stop() }
        acceptors.removeAll()
        isDraining = true
        loop.forEachHandler { ($0 as? DownstreamConnection)?.close() }
        for pool in pools.values { pool.close() }
        for pool in tokenPools.values { pool.close() }
    }
}
