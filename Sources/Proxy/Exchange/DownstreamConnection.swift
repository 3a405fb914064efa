import struct Admission.PeerAddress
import TLS
import Transport
import Wire

/// One client's connection: reads its requests one after another, writes their answers in the same order.
///
///     idle ──first byte──▶ reading head ──▶ exchanging ──answered──▶ idle
///                               │                │
///                               └──refused───────┴──▶ lingering ──▶ closed
///
/// Before that TLS is agreed on, where the listener speaks it; who may not be here is refused at the first byte.
///
/// An idle one holds no buffer: memory for reading is lent by its event loop.
final class DownstreamConnection: EventHandler {
    private enum Phase {
        /// TLS is being agreed on.
        case handshaking(Entrance.Shut?)
        /// Whatever comes, the answer is known.
        case shut(Entrance.Shut)
        /// Between requests, or reading a head.
        case awaiting
        case exchanging(Exchange)
        /// The last answer has been given; what the client still sends is thrown away, so that closing does not
        /// destroy the answer on its way (RFC 9112 §9.6).
        case lingering(discarded: Int)
        case closed
    }

    /// Held until it is closed, when the loop lets go of this object: unowned, each of a dozen uses for one request
    /// would have to make sure of it first.
    private let worker: WorkerCore
    private var channel: Channel?
    private var registration: Registration?
    let peer: SocketAddress?
    /// The number of the listener it came in by.
    let listener: Int
    /// Under which the door counts it.
    let countedHost: PeerAddress?
    private let isListenerLocal: Bool
    /// What its TLS was agreed on by; nil in the clear.
    private let tls: TLSContext?
    /// The configuration whose rules its client was last held to.
    private var admittedUnder: UInt64
    /// Set when that listener has gone: the configuration by which the request under way is still judged, the last
    /// one here.
    private var lastRegime: Regime?
    private var phase = Phase.awaiting
    /// Of the body that is being read.
    private var pace = BodyPace(patience: .max, rate: 0)
    private var reader = RequestReader()
    /// Read and not yet used: the rest of a body that nobody can take yet, or the next requests.
    private var inbound: [UInt8] = []
    private var outbound = SendBuffer(keptCapacity: 64 << 10)
    /// Where in ``outbound`` the answer begins, as long as nothing of it has been sent.
    private var untouchedAnswer: Int?
    private var isReadDue = false
    private var isProcessing = false
    private var hasPeerFinished = false
    private var isClosingAfterFlush = false
    private var isOutputBlocked = false
    private var outputProgress = OutputProgress()
    private var hasOutputFailed = false
    /// Whether the kernel takes little for it.
    private var isUnsentLimited = false

    /// Reads in one go at the most, so that one fast client does not keep the others waiting.
    private static let burst = 4

    /// The subject of the certificate the client has shown.
    private(set) var certificateSubject: String?
    /// The user of this machine who has the other end, where the kernel tells.
    private(set) lazy var user: UInt32? = {
        guard let descriptor = channel?.descriptor, case .user(let user) = Door.holder(of: descriptor, peer) else {
            return nil
        }
        return user
    }()

    /// A client with room for less than this, in bytes, has not even room for a tile.
    static let narrowWindow = 16 << 10

    init(
        descriptor: Int32, peer: SocketAddress?, listener: Int, entrance: Entrance, worker: WorkerCore
    ) throws(SystemError) {
        self.worker = worker
        self.peer = peer
        self.listener = listener
        countedHost = entrance.countedHost
        isListenerLocal = entrance.isListenerLocal
        tls = entrance.tls
        admittedUnder = worker.regime.number
        channel = Channel(descriptor: descriptor)
        do {
            // Before anything else: without a session the channel would be one in the clear.
            if let tls = entrance.tls { try channel?.secure(server: tls) }
        } catch {
            channel = nil
            throw .outOfMemory
        }
        registration = worker.loop.register(accepted: descriptor, self)
        setDeadline(in: regime.timeouts.keepAlive)
        enter(entrance)
    }

    // MARK: Entering

    private func enter(_ entrance: Entrance) {
        if let shut = entrance.shut {
            phase = .shut(shut)
            setDeadline(in: regime.timeouts.head)
        }
        guard entrance.tls != nil else { return }
        phase = .handshaking(entrance.shut)
        // Counted from here: a client that drips does not gain time.
        setDeadline(in: regime.timeouts.head)
    }

    private func continueHandshake(_ shut: Entrance.Shut?) {
        switch channel?.handshake() {
        case .bytes:
            certificateSubject = channel?.peerSubject()
            if let certificateSubject { worker.clientNamed(certificateSubject) }
            phase = shut.map { .shut($0) } ?? .awaiting
            setDeadline(in: shut == nil ? regime.timeouts.keepAlive : regime.timeouts.head)
            // What came with the last message of the handshake has no edge of its own.
            receive()
        case .blocked: break
        case .failed(.tls(.plainHTTP)):
            channel?.abandonTLS()
            phase = .awaiting
            refuse(.of(.plainHTTPWhereTLSIsSpoken))
        case .failed(let error):
            worker.handshakeFailed(error)
            close()
        case nil, .ended: close()
        }
    }

    /// Whether there will be no request after the one under way.
    var isLeaving: Bool { lastRegime != nil }

    private var regime: Regime { lastRegime ?? worker.regime }

    // MARK: Readiness

    func becameReady(_ readiness: Readiness) {
        channel?.note(readiness)
        // Nothing can reach the client any more.
        if readiness.contains(.hungUp) { return close() }
        if case .handshaking(let shut) = phase {
            watchWhereAwaited()
            return continueHandshake(shut)
        }
        // A message of TLS's own may make reading wait for writability, and the other way round.
        let isCrossed = channel?.isCrossed == true
        if readiness.contains(.writable) || isCrossed { drain() }
        if readiness.contains(.readable) || isCrossed { receive() }
        // Last: what came together with the end may have begun an exchange.
        if readiness.contains(.peerFinished) { peerFinished() }
        watchWhereAwaited()
    }

    /// Has the poller look out for the client, but for one that has asked and only waits for its answer. (That it has
    /// left is told a little later: ``EventLoop/register(accepted:_:)``.)
    private func watchWhereAwaited() {
        if case .exchanging = phase, reader.isEnded, outbound.isEmpty { return }
        if let registration { worker.loop.watch(registration) }
    }

    func deadlinePassed() {
        if hasOutputFailed { return close() }
        if isOutputBlocked, goesOnTaking() { return }
        switch phase {
        case .awaiting:
            // Nothing was asked, nothing needs an answer; a head that dawdles is told.
            reader.hasBegun ? refuse(.of(.headTimedOut)) : close()
        case .exchanging(let exchange):
            // The client has stopped taking the answer, or stopped sending the body.
            if !outbound.isEmpty { return close() }
            exchange.deadlinePassed()
        case .handshaking, .shut, .lingering: close()
        case .closed: break
        }
    }

    /// A client that has shut down its sending side may still want its answer; one that has closed does not.
    /// The bytes look the same; whether its socket still belongs to somebody tells.
    private func peerFinished() {
        guard case .exchanging = phase, !hasPeerFinished else { return }
        hasPeerFinished = true
        if worker.hasPeerLeft(channel?.localAddress, peer: peer) { close() }
    }

    // MARK: Receiving

    private var wantsMore: Bool {
        switch phase {
        // Who does not take answers is not asked for more requests: the answers would pile up here.
        case .awaiting: outbound.isEmpty
        case .exchanging(let exchange): !reader.isEnded && inbound.isEmpty && exchange.acceptsBody
        case .shut, .lingering: true
        case .handshaking, .closed: false
        }
    }

    private func receive() {
        guard wantsMore else {
            isReadDue = true
            return
        }
        isReadDue = false
        var scratch = worker.loop.scratch.take()
        defer { worker.loop.scratch.giveBack(scratch) }
        for _ in 0..<Self.burst {
            switch unsafe scratch.withUnsafeMutableBytes({ unsafe channel?.read(into: $0) ?? .ended }) {
            case .bytes(let count): process(scratch.span.extracting(0..<count))
            case .blocked: return
            case .ended: return endOfInput()
            case .failed: return close()
            }
            if channel?.isDrained != false { return }
            guard wantsMore else {
                isReadDue = true
                return
            }
        }
        if let registration { worker.loop.callAgain(registration) }
    }

    private func endOfInput() {
        switch phase {
        case .awaiting, .lingering: outbound.isEmpty ? close() : (isClosingAfterFlush = true)
        case .handshaking, .shut: close()
        case .exchanging(let exchange):
            hasPeerFinished = true
            // The rest of the body will not come.
            if !reader.isEnded { return close() }
            exchange.clientWillSendNoMore()
        case .closed: break
        }
    }

    /// Goes through what has arrived as far as it can be used, and keeps the rest.
    private func process(_ bytes: Span<UInt8>) {
        isProcessing = true
        defer { isProcessing = false }
        var offset = 0
        do throws(WireError) {
            processing: while true {
                switch phase {
                case .awaiting:
                    guard offset < bytes.count, outbound.isEmpty else { break processing }
                    try readHead(bytes, from: &offset)
                case .exchanging(let exchange):
                    guard !reader.isEnded, exchange.acceptsBody else { break processing }
                    guard try readBody(bytes, from: &offset, for: exchange) else { break processing }
                case .lingering(let discarded):
                    discard(discarded + bytes.count - offset)
                    return
                case .shut(let shut):
                    phase = .awaiting
                    return refuse(shut.failure)
                case .handshaking, .closed: return
                }
            }
        } catch {
            return refuse(.of(.malformedRequest(error)))
        }
        if offset < bytes.count { inbound.append(copying: bytes.extracting(offset..<bytes.count)) }
        if case .exchanging(let exchange) = phase {
            exchange.inputPaused()
            awaitBody(for: exchange)
        }
    }

    /// The client is given time for its body only while we would take it: what is stuck further on is not its fault.
    private func awaitBody(for exchange: Exchange) {
        guard !exchange.isWaiting, outbound.isEmpty else { return pace.rest(at: worker.loop.now) }
        let isOwed = !reader.isEnded && inbound.isEmpty && exchange.acceptsBody
        guard isOwed else {
            if !reader.isEnded { pace.rest(at: worker.loop.now) }
            return setDeadline(in: .max)
        }
        setDeadline(in: pace.wait(at: worker.loop.now))
    }

    private func readHead(_ bytes: Span<UInt8>, from offset: inout Int) throws(WireError) {
        var head = worker.lendRequestHead()
        defer { worker.takeBack(&head) }
        let hadBegun = reader.hasBegun
        let regime = regime
        switch try reader.next(bytes, from: &offset, head: &head, limits: regime.headLimits) {
        case .head(let framing):
            if regime.number != admittedUnder, !isStillAdmitted(by: regime) { return }
            let exchange = worker.takeExchange(under: regime)
            phase = .exchanging(exchange)
            if framing != .none {
                pace = BodyPace(patience: regime.timeouts.bodyIdle, rate: regime.timeouts.minimumBodyRate)
            }
            setDeadline(in: .max)
            exchange.begin(head, framing: framing, on: self, listener: regime.place(ofListener: listener) ?? -1)
        case .needsMore:
            // Counted from the first byte: a client that drips does not gain time.
            if !hadBegun { setDeadline(in: regime.timeouts.head) }
        case .body, .ended: break
        }
    }

    /// Another configuration is in force than the one the client came in under: its rules for who may be here hold
    /// from this request on. Who does not show what they ask for has to come in again; who is refused is told.
    private func isStillAdmitted(by regime: Regime) -> Bool {
        admittedUnder = regime.number
        guard let descriptor = channel?.descriptor, let place = regime.place(ofListener: listener),
            regime.door.accepts(tls, at: place)
        else {
            close()
            return false
        }
        guard let failure = regime.door.refusal(descriptor, from: peer, isLocal: isListenerLocal) else { return true }
        refuse(failure)
        return false
    }

    /// - Returns: false where the input is used up.
    private func readBody(_ bytes: Span<UInt8>, from offset: inout Int, for exchange: Exchange) throws(WireError)
        -> Bool
    {
        var unused = RequestHead()
        switch try reader.next(bytes, from: &offset, head: &unused, limits: regime.headLimits) {
        case .body(let range):
            pace.received(range.count, at: worker.loop.now)
            exchange.requestBodyReceived(bytes.extracting(range))
            return true
        case .ended:
            exchange.requestEnded(reader.trailers)
            return true
        case .needsMore, .head: return false
        }
    }

    /// The exchange can take more of the body, or the next request's turn has come.
    func resume() {
        guard !isProcessing else { return }
        if !inbound.isEmpty {
            var kept: [UInt8] = []
            swap(&kept, &inbound)
            process(kept.span)
        } else if case .exchanging(let exchange) = phase {
            awaitBody(for: exchange)
        }
        if isReadDue, wantsMore { receive() }
    }

    /// Whether the request has been read to its end.
    var isRequestComplete: Bool { reader.isEnded }

    // MARK: Sending

    /// Whether all that was given has left. If not, ``Exchange/outputDrained()`` will tell.
    var canTakeMore: Bool { outbound.isEmpty }

    /// Whether the client has so little room that it will have to be waited for, whatever it is answered.
    var isNarrow: Bool { channel?.peerWindow ?? .max < Self.narrowWindow }

    /// For a client with hardly any room the kernel would take megabytes, and a connection to the upstream would be
    /// free again before anybody saw how slow the client is: thousands of them would cost all its memory, and the
    /// processor's time for fetching what nobody reads.
    func prepareForLongAnswer() {
        guard isNarrow != isUnsentLimited else { return }
        isUnsentLimited.toggle()
        channel?.limitUnsent(isUnsentLimited ? Int32(Self.narrowWindow) : 0)
    }

    /// Appends to what will be sent with the next ``flush()`` or ``transmit(_:)``.
    func compose(_ body: (inout [UInt8]) -> Void) {
        if outbound.capacity == 0 { outbound.use(worker.takeBuffer()) }
        outbound.compose(body)
    }

    /// Says that what is composed next begins an answer that may fail.
    func beginAnswer() { untouchedAnswer = outbound.count }

    /// Takes back an answer of which nothing has been sent, so that an error can take its place; false where something
    /// has.
    func takeBackAnswer() -> Bool {
        guard let start = untouchedAnswer, start <= outbound.count else { return false }
        outbound.compose { $0.removeSubrange(start...) }
        untouchedAnswer = nil
        return true
    }

    /// Sends `bytes` behind what was composed, as far as the client takes it; keeps the rest.
    ///
    /// - Parameter isLast: whether this completes an answer behind which the connection ends.
    func transmit(_ bytes: Span<UInt8>, isLast: Bool = false) {
        // What follows a gap would be taken for what belongs there.
        guard channel != nil, !hasOutputFailed else { return }
        untouchedAnswer = nil
        note(outbound.send(bytes, over: &channel!, endFollows: isLast))
    }

    /// Sends what was composed.
    func flush() {
        guard channel != nil, !outbound.isEmpty, !hasOutputFailed else { return }
        untouchedAnswer = nil
        note(outbound.send(over: &channel!))
    }

    private func note(_ outcome: SendBuffer.Outcome) {
        switch outcome {
        case .sent:
            outputUnblocked()
            if isClosingAfterFlush { finishClosing() }
        case .blocked: outputBlocked()
        case .failed: outputFailed()
        }
    }

    /// For others' answers: growing a new one for each connection took four allocations.
    private func returnBuffer() {
        if outbound.capacity > 0 { worker.giveBack(buffer: outbound.release()) }
    }

    private func outputBlocked() {
        isOutputBlocked = true
        if let registration { worker.loop.watch(registration) }
        outputProgress.begin()
        setDeadline(in: regime.timeouts.stall / 2)
    }

    /// Whether a client that has not made room for long takes the answer all the same, and not too slowly.
    private func goesOnTaking() -> Bool {
        let half = regime.timeouts.stall / 2
        let (least, overflow) = UInt64(clamping: regime.timeouts.minimumBodyRate).multipliedReportingOverflow(
            by: UInt64(clamping: half / 1_000_000))
        guard
            outputProgress.goesOn(taken: channel?.acknowledged ?? 0, least: overflow ? .max : least / 1000)
        else { return false }
        setDeadline(in: half)
        return true
    }

    /// The client has taken all that it had no room for, whoever found out.
    private func outputUnblocked() {
        guard isOutputBlocked else { return }
        isOutputBlocked = false
        switch phase {
        case .awaiting: setDeadline(in: regime.timeouts.keepAlive)
        case .exchanging(let exchange): awaitBody(for: exchange)
        case .handshaking, .shut, .lingering, .closed: break
        }
    }

    private func drain() {
        guard !outbound.isEmpty else { return }
        flush()
        guard outbound.isEmpty else { return }
        // Its room may have grown.
        if isUnsentLimited { prepareForLongAnswer() }
        switch phase {
        case .awaiting: resume()
        case .exchanging(let exchange): exchange.outputDrained()
        case .handshaking, .shut, .lingering, .closed: break
        }
    }

    /// Found while sending, possibly in the middle of somebody's call: told in the next round.
    private func outputFailed() {
        outbound.empty()
        setDeadline(in: 0)
        hasOutputFailed = true
    }

    // MARK: Ending

    /// The answer has been given whole.
    ///
    /// - Parameter isLast: whether the client said that it will ask for nothing more on this connection.
    func exchangeEnded(staysOpen: Bool, isLast: Bool) {
        phase = .awaiting
        if hasOutputFailed { return close() }
        // A client that was not told that this is its last answer may already be sending the next request.
        guard staysOpen, reader.isEnded, !worker.closesIdle, !isLeaving else {
            if !outbound.isEmpty { flush() }
            return isLast && mayCloseAtOnce ? close() : closeAfterAnswer()
        }
        reader.beginNext()
        if !outbound.isEmpty { flush() }
        if hasPeerFinished, inbound.isEmpty, !isReadDue, !isProcessing { return closeAfterAnswer() }
        setDeadline(in: outbound.isEmpty ? regime.timeouts.keepAlive : regime.timeouts.stall)
        if outbound.isEmpty { returnBuffer() }
        resume()
        watchWhereAwaited()
    }

    /// Answers a request that cannot even be begun, and closes.
    private func refuse(_ failure: Failure) {
        if case .exchanging(let exchange) = phase {
            // In the middle of a body: the exchange has the word, if it has not answered yet.
            return exchange.requestBodyBroke(failure)
        }
        worker.answerUnparsed(failure) { body in compose(body) }
        flush()
        closeAfterAnswer()
    }

    /// Whether closing cannot destroy the answer on its way, as it would with bytes of the client's unread (RFC 9112
    /// §9.6): the last one was read, and none may follow. (TLS clients have a farewell to send.)
    ///
    /// It saves lingering clients' connections a wake-up and two system calls of nine, a tenth of their time.
    private var mayCloseAtOnce: Bool {
        reader.isEnded && outbound.isEmpty && inbound.isEmpty && !isReadDue && !isProcessing
            && channel?.isDrained == true && channel?.isSecure == false
            // What has come since has not been told yet, or will not be: the kernel may not have been asked to.
            && channel?.hasUnread == false
    }

    private func closeAfterAnswer() {
        guard outbound.isEmpty else {
            isClosingAfterFlush = true
            phase = .lingering(discarded: 0)
            return
        }
        finishClosing()
    }

    private func finishClosing() {
        isClosingAfterFlush = false
        guard channel != nil else { return close() }
        if hasPeerFinished { return close() }
        phase = .lingering(discarded: 0)
        channel?.finishWriting()
        setDeadline(in: regime.timeouts.linger)
        inbound = []
        // What is there already is taken at once, and with luck the end, too.
        if let registration { worker.loop.callAgain(registration) }
    }

    private func discard(_ total: Int) {
        guard total <= worker.lingerLimit else { return close() }
        phase = .lingering(discarded: total)
    }

    /// Ends the connection in the middle of an answer, so that the client can see that it was cut.
    func cut() {
        phase = .closed
        close(isWhole: false)
    }

    /// Ends the connection; if that is in the middle of an answer, so that the client can see it.
    func close() {
        switch phase {
        case .handshaking, .shut, .awaiting, .lingering, .closed:
            close(isWhole: outbound.isEmpty && !hasOutputFailed)
        case .exchanging(let exchange):
            phase = .closed
            exchange.clientLeft()
            close(isWhole: false)
        }
    }

    private func close(isWhole: Bool) {
        phase = .closed
        guard let registration else { return }
        self.registration = nil
        if isWhole { channel?.sayGoodbye() } else { channel?.resetOnClose() }
        worker.loop.forget(registration)
        channel = nil
        inbound = []
        returnBuffer()
        worker.connectionClosed(self)
    }

    /// Idle connections go, the others close with their answer.
    func drainAndClose() {
        switch phase {
        case .handshaking, .shut: return close()
        case .awaiting where !reader.hasBegun: break
        case .awaiting, .exchanging, .lingering, .closed: return
        }
        if outbound.isEmpty { close() } else { closeAfterAnswer() }
    }

    /// The listener it came in by is no more: the request under way is the last one.
    func leave(under regime: Regime) {
        lastRegime = regime
        drainAndClose()
    }

    func setDeadline(in nanoseconds: Int64) {
        guard let registration, !hasOutputFailed else { return }
        worker.loop.setDeadline(registration, in: nanoseconds)
    }
}
