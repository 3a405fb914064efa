import struct Admission.PeerAddress
import Audit
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
/// only. What depends on the configuration is in the ``Regime``.
final class WorkerCore {
    let loop: EventLoop
    let tokens: TokenDesk
    let resources: LoopResources
    /// The configuration that new exchanges begin under.
    private(set) var regime: Regime
    /// Made and not yet in force.
    private var next: Regime?
    /// Whether every answer that begins from here on is the last of its connection.
    private(set) var isDraining = false
    /// Whether connections without a request are closed rather than waited for.
    private(set) var closesIdle = false
    private var isStopped = false
    /// Called when the last connection has gone while draining.
    var drained: () -> Void = {}
    private(set) var connectionCount = 0
    private var connectionLimit: Int
    private let loops: Int
    private var identifiers = RequestIdentifier()
    private var acceptors: [Acceptor] = []
    private var counters = LoopCounters()

    // Kept for reuse, so that a request allocates next to nothing.
    private var freeExchanges = IdlePool<Exchange>(capacity: 256)
    private var freeBuffers = IdleBuffers()
    private var requestHead = RequestHead()

    /// What is read and thrown away of a client that goes on sending after its last answer, in bytes.
    let lingerLimit = 1 << 20
    /// What is kept back of a 401 while a new token is fetched, in bytes.
    let heldAnswerLimit = 64 << 10

    init(_ generation: Generation, loop: EventLoop, resolver: Resolver, peers: PeerCounter, loops: Int) {
        self.loop = loop
        self.loops = loops
        resources = LoopResources(loop: loop, resolver: resolver, peers: peers)
        tokens = resources.tokens
        regime = Regime(generation, on: resources)
        connectionLimit = Self.share(of: generation.settings.connectionLimit, loops)
        loop.whenRefused = { [weak self] in self?.regime.settings.logger.error("\($0.explanation)") }
    }

    private static func share(of limit: Int, _ loops: Int) -> Int { max(limit / max(loops, 1), 1) }

    // MARK: The configuration

    /// Makes ready what comes next. Its secrets are guarded against from here on.
    func prepare(_ generation: Generation) { next = Regime(generation, on: resources) }

    /// What was made ready is not wanted after all.
    func abandonNext() { next = nil }

    /// Puts into force what was made ready: the next exchange of every connection begins under it.
    ///
    /// - Parameter listeners: those of the configuration. New ones are accepted from; connections of those that
    ///   are not among them end with their answer.
    func enforceNext(_ listeners: [PlacedListener]) throws(SystemError) {
        guard let next, !isDraining else { return }
        let former = regime
        let known = acceptors.map(\.listener.number)
        var added: [Acceptor] = []
        for placed in listeners where !known.contains(placed.listener.number) {
            do throws(SystemError) {
                added.append(try makeAcceptor(placed.listener))
            } catch {
                for acceptor in added { acceptor.stop() }
                throw error
            }
        }
        let kept = listeners.map(\.listener.number)
        let ending = acceptors.filter { !kept.contains($0.listener.number) }
        // Under the rules of the listener they came to.
        for acceptor in ending { acceptor.takeWaiting() }
        next.takeOverPools(of: former)
        regime = next
        self.next = nil
        // They hold the former one.
        freeExchanges.removeAll()
        for acceptor in ending { acceptor.stop() }
        acceptors = acceptors.filter { kept.contains($0.listener.number) } + added
        loop.forEachHandler { handler in
            guard let connection = handler as? DownstreamConnection, !connection.isLeaving,
                !kept.contains(connection.listener)
            else { return }
            connection.leave(under: former)
        }
        connectionLimit = Self.share(of: next.settings.connectionLimit, loops)
        admitByLimit()
    }

    // MARK: Connections

    func listen(on listener: Listener) throws(SystemError) {
        acceptors.append(try makeAcceptor(listener))
        admitByLimit()
    }

    private func makeAcceptor(_ listener: Listener) throws(SystemError) -> Acceptor {
        let (number, isLocal) = (listener.number, listener.address.isLoopback)
        return try Acceptor(listener: listener, loop: loop) { [unowned self] descriptor, peer in
            accept(descriptor, peer: peer, listener: number, isLocal: isLocal)
        }
    }

    private func accept(_ descriptor: Int32, peer: SocketAddress?, listener: Int, isLocal: Bool) {
        let entrance: Entrance
        switch regime.place(ofListener: listener).map({
            regime.door.judge(descriptor, from: peer, at: $0, isLocal: isLocal)
        }) {
        case .enter(let found)?: entrance = found
        case .full(let speaksTLS)?: return turnAway(descriptor, isSilent: speaksTLS)
        // It came while its listener was being given up.
        case nil: return turnAway(descriptor, isSilent: true)
        }
        // The loop holds what is registered with it. What it cannot watch has been closed.
        guard
            let connection = try? DownstreamConnection(
                descriptor: descriptor, peer: peer, listener: listener, entrance: entrance, worker: self)
        else { return left(entrance.countedHost) }
        connectionCount += 1
        counters.connectionAccepted()
        // Its first request is there, where the kernel has waited for it.
        connection.becameReady(.readable)
        if connectionCount >= connectionLimit { admitByLimit() }
    }

    /// Connections beyond the limit wait in the kernel.
    private func admitByLimit() {
        if connectionCount >= connectionLimit {
            for acceptor in acceptors { acceptor.pause() }
        } else {
            for acceptor in acceptors { acceptor.resume() }
        }
    }

    /// One too many of its address. It gets an answer if that takes nothing: no handshake, no waiting.
    private func turnAway(_ descriptor: Int32, isSilent: Bool) {
        var channel = Channel(descriptor: descriptor)
        guard !isSilent else { return }
        // What it has asked is there already, and would be answered by a reset if it stayed unread.
        var scratch = loop.scratch.take()
        _ = unsafe scratch.withUnsafeMutableBytes { unsafe channel.read(into: $0) }
        loop.scratch.giveBack(scratch)
        answerUnparsed(.of(.tooManyConnections)) { body in
            var output: [UInt8] = []
            body(&output)
            _ = unsafe output.withUnsafeBytes { unsafe channel.write($0) }
        }
        channel.finishWriting()
    }

    private func left(_ host: PeerAddress?) { if let host { resources.peers.leave(host) } }

    func connectionClosed(_ connection: DownstreamConnection) {
        left(connection.countedHost)
        connectionCount -= 1
        if isDraining {
            if connectionCount == 0 { drained() }
        } else if connectionCount == connectionLimit - 1 {
            admitByLimit()
        }
    }

    /// Whether a client that sends no more has closed its socket, and not only its sending side. The bytes look the
    /// same; on this machine the kernel tells. A client elsewhere, or on a Unix-domain socket (whose closing shows
    /// as a hang-up), is another matter: of the remote one it is assumed, as most proxies do.
    func hasPeerLeft(_ local: SocketAddress?, peer: SocketAddress?) -> Bool {
        guard let peer, let local else { return false }
        switch SocketOwner.find(peer: peer, local: local) {
        case .user: return false
        case .nobody, .absent: return true
        case .unknown: return !peer.isLoopback
        }
    }

    // MARK: What is lent

    func lendRequestHead() -> RequestHead {
        // By exchange: to read it and then to overwrite it would copy it.
        var head = RequestHead()
        swap(&head, &requestHead)
        return head
    }

    func takeBack(_ head: inout RequestHead) { swap(&head, &requestHead) }

    func takeExchange(under regime: Regime) -> Exchange {
        guard regime === self.regime else { return Exchange(worker: self, regime: regime) }
        return freeExchanges.take() ?? Exchange(worker: self, regime: regime)
    }

    func giveBack(_ exchange: Exchange) {
        guard exchange.regime === regime, !isStopped else { return }
        freeExchanges.giveBack(exchange)
    }

    /// An empty one.
    func takeBuffer() -> [UInt8] { freeBuffers.take() }

    func giveBack(buffer: consuming [UInt8]) { freeBuffers.giveBack(buffer) }

    // MARK: Accounts

    func identifyRequest(_ record: inout AccessRecord) {
        var identifier: [UInt8] = []
        swap(&identifier, &record.requestID)
        record = AccessRecord()
        identifiers.next(into: &identifier)
        record.requestID = identifier
    }

    func exchangeFinished(_ record: inout AccessRecord, under regime: Regime) {
        counters.answered(record)
        guard regime.accessLog != nil else { return }
        record.wallNanoseconds = Clock.wallNanoseconds()
        regime.accessLog?.write(record)
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
        regime.settings.audit?.submit(
            AuditEntry.Request(
                client: .anonymous, requestID: record.requestID, method: record.method, route: record.route,
                status: record.status, code: record.code, bytesIn: 0, bytesOut: record.bytesOut),
            at: Clock.wallNanoseconds(), isReserved: false)
        exchangeFinished(&record, under: regime)
    }

    /// Said quietly: anybody can make it fail, as often as they like.
    func handshakeFailed(_ error: ChannelError) {
        regime.settings.logger.debug("a client and this program did not agree on TLS", metadata: ["reason": "\(error)"])
    }

    func clientNamed(_ subject: String) {
        regime.settings.logger.debug("a client has shown its certificate", metadata: ["subject": "\(subject)"])
    }

    func answerCut() { counters.answerCut() }

    func secretsMasked(_ count: Int) { counters.secretsMasked(count) }

    var status: LoopStatus {
        var counters = counters
        // Those in heads are counted where they are masked.
        counters.secretsMasked(resources.secrets.hits)
        return LoopStatus(
            counters: counters, connections: connectionCount, waitingForToken: tokens.waitingCount,
            pools: regime.poolStatuses)
    }

    // MARK: Ending

    /// From here on each answer says that it is the last. Takes the connections that wait in the kernel.
    func announceEnd() {
        isDraining = true
        for acceptor in acceptors { acceptor.takeWaiting() }
    }

    /// No new connections; requests under way go on and are the last of theirs.
    ///
    /// - Parameter keepingIdle: whether connections without a request wait for one.
    func drain(keepingIdle: Bool) {
        guard !isStopped else { return }
        isDraining = true
        closesIdle = !keepingIdle
        for acceptor in acceptors { acceptor.stop() }
        acceptors.removeAll()
        if closesIdle { loop.forEachHandler { ($0 as? DownstreamConnection)?.drainAndClose() } }
        if connectionCount == 0 { drained() }
    }

    /// Closes everything now.
    func stop() {
        for acceptor in acceptors { acceptor.stop() }
        acceptors.removeAll()
        isDraining = true
        closesIdle = true
        isStopped = true
        loop.forEachHandler { ($0 as? DownstreamConnection)?.close() }
        // They hold this object.
        freeExchanges.removeAll()
        regime.closePools()
    }
}
