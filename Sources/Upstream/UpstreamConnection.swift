import Transport
import Wire

/// One connection to an upstream, from its TLS handshake on, or from an egress proxy's tunnel to it.
///
///     (tunnelling ──▶) handshaking ──▶ idle ⇄ serving ──▶ closed
///
/// It serves one exchange at a time. An exchange that ends in step leaves it idle in its pool; in every other
/// case it is closed, for what would be read next could be the rest of somebody else's answer.
package final class UpstreamConnection: EventHandler {
    private enum State {
        // Indirect: it is large, and each request looks at the state a dozen times.
        indirect case tunnelling(Tunnel)
        case handshaking
        case idle
        case serving(any UpstreamClient)
        case closed
    }

    /// Held: a pool that was replaced lives as long as its connections.
    private let pool: UpstreamPool
    private let loop: EventLoop
    /// What it was opened to, and what could be tried in its place.
    let address: SocketAddress
    var otherAddresses: [SocketAddress] = []
    /// How many connections to other addresses were tried before, for the same.
    var attempt = 0
    /// Whether the upstream is no longer where this one leads.
    private var isRetired = false
    private var channel: Channel?
    private var registration: Registration?
    private var state = State.handshaking
    private var reader: ResponseReader
    private var outgoing = SendBuffer(keptCapacity: 2 * corkLimit)
    private var isSendingFinished = false
    /// Why no more of the request can be sent. An answer may be there all the same; without one, this is the end.
    private var sendingError: ChannelError?
    private var outputProgress = OutputProgress()
    private var isCorked = false
    private var isReadingHeld = false
    /// Since when the exchange has waited for its client, to take the answer or to send the body (boot clock).
    private(set) var waitsForClientSince: Int64?
    /// Whether its exchange is one whose client has hardly room for an answer.
    private(set) var isForNarrowClient = false
    /// As what the pool counts it.
    private var counted = SlowClients()
    /// Whether it makes room for another exchange, whose client does not keep it waiting.
    private(set) var givesWay = false
    private var exchanges = 0
    private var answerTimeout: Int64

    /// Reads in one go at the most, so that one fast answer does not keep the others waiting.
    private static let burst = 2

    /// How much is read before it is known what the body is: a full record of TLS, and what its head has left of the body
    /// for the next. Of a tile of 16 KiB all then leaves in one packet, which takes 3 % off its time.
    private static let firstStep = 20 << 10

    /// What a head may wait for its body to be sent together with, in bytes: one TLS record.
    private static let corkLimit = 16 << 10

    /// - Throws: where the descriptor cannot be watched; it is closed then.
    init(
        _ connected: Dialer.Connected, pool: UpstreamPool, loop: EventLoop, limits: HeadLimits
    ) throws(SystemError) {
        address = connected.address
        self.pool = pool
        self.loop = loop
        reader = ResponseReader(limits: limits)
        answerTimeout = pool.timeouts.answer
        channel = Channel(descriptor: connected.descriptor)
        do {
            registration = try loop.register(connection: connected.descriptor, self)
        } catch {
            channel = nil
            throw error
        }
    }

    // MARK: Opening

    /// Asks for a tunnel, if it takes one; starts the TLS handshake, or is ready at once where there is none.
    func open() {
        guard let proxy = pool.endpoint.proxy else { return secure() }
        state = .tunnelling(Tunnel(to: pool.endpoint, through: proxy, limits: pool.limits.tunnelHeads))
        setDeadline(in: pool.timeouts.tunnel)
        continueTunnel()
    }

    private func continueTunnel() {
        guard case .tunnelling(var tunnel) = state, var channel = self.channel.take() else { return }
        // Moved out: a copy would be what is overwritten after sending.
        state = .handshaking
        var scratch = loop.scratch.take()
        let result = Result { () throws(EgressFailure) in try tunnel.advance(&channel, &scratch) }
        loop.scratch.giveBack(scratch)
        self.channel = consume channel
        switch result {
        case .success(true): secure()
        case .success(false): state = .tunnelling(tunnel)
        case .failure(let failure):
            tunnel.forget()
            openingFailed(.egress(failure))
        }
    }

    private func secure() {
        state = .handshaking
        guard let trust = pool.endpoint.trust else { return opened() }
        do {
            try channel?.secure(
                client: trust, host: pool.endpoint.host, isAddress: pool.endpoint.isAddress, sessions: pool.sessions)
        } catch {
            return openingFailed(.handshakeFailed(error))
        }
        setDeadline(in: pool.timeouts.handshake)
        continueHandshake()
    }

    private func continueHandshake() {
        switch channel?.handshake() {
        case .bytes: opened()
        case .blocked: break
        case nil, .ended: openingFailed(.handshakeCut)
        case .failed(.tls(.truncated)): openingFailed(.handshakeCut)
        case .failed(.tls(let error)): openingFailed(.handshakeFailed(error))
        case .failed(.system): openingFailed(.handshakeCut)
        }
    }

    private func opened() {
        state = .idle
        setDeadline(in: pool.timeouts.idle)
        pool.connectionOpened(self)
    }

    private func openingFailed(_ failure: UpstreamFailure) {
        close(withReset: false)
        pool.openingFailed(self, failure)
    }

    // MARK: Serving

    /// Whether an earlier exchange has used it; if it dies before an answer, the server had closed it.
    package var isReused: Bool { exchanges > 1 }

    /// Whether no exchange has used it yet.
    var isUnused: Bool { exchanges == 0 }

    func assign(to client: any UpstreamClient, pace: ClientPace) {
        exchanges &+= 1
        state = .serving(client)
        isForNarrowClient = pace == .narrow
        countWhetherSlow()
        isSendingFinished = false
        sendingError = nil
        isCorked = false
        isReadingHeld = false
        answerTimeout = pool.timeouts.answer
    }

    /// Sends a request's head. With a body to follow it waits for ``releaseSending()``, so that the first bytes
    /// of the body can share its TLS record and its system call.
    ///
    /// - Parameters:
    ///   - isComplete: whether the request has no body.
    ///   - answerTimeout: in nanoseconds, where the route has one of its own.
    package func send(
        _ request: borrowing AuthorisedRequest, method: Method, isComplete: Bool, answerTimeout: Int64? = nil
    ) {
        if let answerTimeout { self.answerTimeout = answerTimeout }
        reader.begin(to: method)
        outgoing.holdsSecret = true
        if isComplete {
            request.withWireBytes { transmit($0) }
            finishSending()
        } else {
            // Room for all that may join it.
            outgoing.reserve(Self.corkLimit)
            request.withWireBytes { outgoing.append($0) }
            isCorked = true
            setDeadline(in: pool.timeouts.stall)
        }
        noteClient()
    }

    /// Sends a part of the request's body, already framed. See ``canTakeMore``.
    package func send(_ bytes: Span<UInt8>) {
        guard !bytes.isEmpty, case .serving = state else { return }
        if isCorked {
            if outgoing.count + bytes.count <= Self.corkLimit {
                outgoing.append(bytes)
                return noteClient()
            }
            releaseSending()
        }
        transmit(bytes)
        if outgoing.isEmpty { setDeadline(in: pool.timeouts.stall) } else { outputBlocked() }
        noteClient()
    }

    /// Lets go what was held to be sent together.
    package func releaseSending() {
        guard isCorked else { return }
        isCorked = false
        drain()
    }

    /// Says that the request has been given whole.
    package func finishSending() {
        isSendingFinished = true
        noteClient()
        if isCorked { return releaseSending() }
        // The answer is waited for once the upstream has taken it all.
        if outgoing.isEmpty { setDeadline(in: answerTimeout) } else { outputBlocked() }
    }

    /// Whether all that was given has left. If not, ``UpstreamClient/sendingDrained()`` will tell.
    package var canTakeMore: Bool { outgoing.isEmpty || isCorked }

    private func transmit(_ bytes: Span<UInt8>) {
        // What follows a gap would be taken for what belongs there.
        guard channel != nil, sendingError == nil else { return }
        guard outgoing.isEmpty else { return outgoing.append(bytes) }
        if case .failed(let error) = outgoing.send(bytes, over: &channel!) { sendingFailed(error) }
    }

    private func outputBlocked() {
        outputProgress.begin()
        setDeadline(in: pool.timeouts.stall / 2)
    }

    /// Whether an upstream that has not made room for long takes the request all the same.
    private func goesOnTaking() -> Bool {
        guard !outgoing.isEmpty, !isCorked, outputProgress.goesOn(taken: channel?.acknowledged ?? 0, least: 1) else {
            return false
        }
        setDeadline(in: pool.timeouts.stall / 2)
        return true
    }

    /// Reading finds out whether the answer has come, and reports.
    private func sendingFailed(_ error: ChannelError) {
        guard let registration else { return }
        sendingError = error
        outgoing.empty()
        loop.callAgain(registration)
    }

    private func drain() {
        guard channel != nil, !outgoing.isEmpty, !isCorked else { return }
        switch outgoing.send(over: &channel!) {
        case .sent: break
        case .blocked: return outputBlocked()
        case .failed(let error): return sendingFailed(error)
        }
        noteClient()
        setDeadline(in: isSendingFinished ? answerTimeout : pool.timeouts.stall)
        if case .serving(let client) = state { client.sendingDrained() }
    }

    // MARK: Receiving

    /// Stops reading until ``resumeReceiving()``: the client cannot take more.
    package func holdReceiving() {
        isReadingHeld = true
        noteClient()
        // The one who is slow is not the upstream; its other side has a deadline of its own.
        setDeadline(in: .max)
    }

    package func resumeReceiving() {
        guard isReadingHeld else { return }
        isReadingHeld = false
        noteClient()
        setDeadline(in: pool.timeouts.stall)
        if let registration { loop.callAgain(registration) }
    }

    // MARK: Slow clients

    /// Notes whether it is the client that is waited for, and that it has done something.
    private func noteClient() {
        guard case .serving = state, !givesWay, isReadingHeld || !isSendingFinished && canTakeMore else {
            return forgetClient()
        }
        let waitedBefore = waitsForClientSince != nil
        waitsForClientSince = loop.now
        if waitedBefore { return }
        countWhetherSlow()
        pool.clientIsAwaited(self)
    }

    private func forgetClient() {
        guard waitsForClientSince != nil else { return }
        waitsForClientSince = nil
        pool.clientIsNotAwaited(self)
        countWhetherSlow()
    }

    /// Nobody is waited for here any more.
    private func clientNoLongerCounts() {
        isForNarrowClient = false
        forgetClient()
        countWhetherSlow()
    }

    /// Whoever is waited for counts, and who will have to be, from the beginning.
    private func countWhetherSlow() {
        let isSlow = waitsForClientSince != nil || isForNarrowClient
        let new = SlowClients(all: isSlow ? 1 : 0, narrow: isForNarrowClient ? 1 : 0)
        guard new != counted else { return }
        let old = counted
        counted = new
        pool.slowClientsChanged(from: old, to: new)
    }

    /// Ends the exchange in the next round; its client is told.
    func giveWay() {
        givesWay = true
        clientNoLongerCounts()
        if let registration { loop.callAgain(registration) }
    }

    package func becameReady(_ readiness: Readiness) {
        channel?.note(readiness)
        switch state {
        case .tunnelling: continueTunnel()
        case .handshaking: continueHandshake()
        case .idle:
            if readiness.contains(.readable) { readWhileIdle() }
        case .serving:
            if givesWay { return fail(.clientTooSlow) }
            if readiness.contains(.writable) { drain() }
            if readiness.contains(.readable) || channel?.isCrossed == true { receive() }
        case .closed: break
        }
    }

    /// Nothing is expected but TLS's own messages; anything else, the end included, means this connection is over.
    private func readWhileIdle() {
        var scratch = loop.scratch.take()
        defer { loop.scratch.giveBack(scratch) }
        if unsafe scratch.withUnsafeMutableBytes({ unsafe channel?.read(into: $0) ?? .ended }) != .blocked { discard() }
    }

    private func receive() {
        guard !isReadingHeld else { return }
        var scratch = loop.scratch.take()
        defer { loop.scratch.giveBack(scratch) }
        for _ in 0..<Self.burst {
            let (count, end) = fill(&scratch, upTo: step)
            if count > 0 { hand(scratch.span.extracting(0..<count), isLast: end != nil) }
            guard case .serving(let client) = state else { return }
            if let end { return ended(end, client) }
            if count == 0, let sendingError { return ended(.failed(sendingError), client) }
            client.receivingPaused()
            guard case .serving = state, !isReadingHeld else { return }
            if channel?.isDrained != false, sendingError == nil { return }
            // Others have their turn first.
            if client.receivingLimit < .max { break }
        }
        if let registration { loop.callAgain(registration) }
    }

    /// How many bytes are read at a time.
    private var step: Int {
        guard reader.isInBody, case .serving(let client) = state else { return Self.firstStep }
        return client.receivingLimit
    }

    /// Reads until there is no more or the buffer is full, so that what came together goes on together.
    private func fill(_ buffer: inout [UInt8], upTo limit: Int) -> (count: Int, end: Channel.Outcome?) {
        let limit = min(buffer.count, max(limit, 1))
        var count = 0
        while count < limit {
            let outcome = unsafe buffer.withUnsafeMutableBytes {
                unsafe channel?.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[count..<limit])) ?? .ended
            }
            switch outcome {
            case .bytes(let more):
                count += more
                // What waits inside libssl comes along, and what the kernel is known to have.
                if channel?.isDrained != false { return (count, nil) }
            case .blocked: return (count, nil)
            case .ended, .failed: return (count, outcome)
            }
        }
        return (count, nil)
    }

    /// - Parameter isLast: whether the connection ended behind these bytes.
    private func hand(_ bytes: Span<UInt8>, isLast: Bool) {
        // Once for all parts: a connection that its client has left serves no other.
        guard case .serving(let client) = state else { return }
        var offset = 0
        if reader.isInBody { setDeadline(in: pool.timeouts.stall) }
        do throws(UpstreamFailure) {
            while case .serving = state {
                switch try reader.next(bytes, from: &offset) {
                case .needsMore: return
                case .interimHead:
                    let head = reader.lendHead()
                    client.interimHeadReceived(head)
                    reader.giveBack(head)
                case .head(let framing):
                    // Only from here on: neither interim answers nor a head that drips buy time, or cost any.
                    setDeadline(in: pool.timeouts.stall)
                    let head = reader.lendHead()
                    client.headReceived(head, framing: framing, options: reader.connectionOptions)
                    reader.giveBack(head)
                case .body(let range): client.bodyReceived(bytes.extracting(range), isLast: reader.isBodyComplete)
                case .ended:
                    finish(client, isInStep: offset == bytes.count && !isLast)
                    return
                }
            }
        } catch {
            fail(error)
        }
    }

    /// The answer is complete.
    private func finish(_ client: any UpstreamClient, isInStep: Bool) {
        // An answer before the request was sent whole leaves the rest of it to be taken for the next request.
        let isReusable =
            isInStep && isSendingFinished && sendingError == nil && outgoing.isEmpty && !givesWay && !isRetired
            && reader.keepsConnection && pool.isOpen && isSilent()
        state = .idle
        clientNoLongerCounts()
        let trailers = reader.takeTrailers()
        if isReusable {
            setDeadline(in: pool.timeouts.idle)
            pool.connectionFreed(self)
        } else {
            discard()
        }
        client.answerEnded(trailers)
    }

    /// Whether nothing lies behind the answer, neither bytes nor the end. What is there now has been reported and
    /// will not be again: it would be taken for the beginning of the next answer.
    private func isSilent() -> Bool {
        if channel?.isEndNear != false { return false }
        if channel?.isDrained == true { return true }
        return unsafe withUnsafeTemporaryAllocation(byteCount: 1, alignment: 1) { byte in
            unsafe channel?.read(into: byte) == .blocked
        }
    }

    private func ended(_ outcome: Channel.Outcome, _ client: any UpstreamClient) {
        let isClean = outcome == .ended
        if isClean, reader.hasBegun, reader.finish() {
            state = .idle
            discard()
            return client.answerEnded(nil)
        }
        switch outcome {
        case .failed(let error): fail(reader.hasBegun ? .answerFailed(error) : .failedBeforeAnswer(error))
        case .bytes, .blocked, .ended: fail(reader.hasBegun ? .answerCut : .closedBeforeAnswer)
        }
    }

    // MARK: Ending

    package func deadlinePassed() {
        switch state {
        case .tunnelling(var tunnel):
            state = .closed
            tunnel.forget()
            openingFailed(.egress(.answerTimedOut))
        case .handshaking: openingFailed(.handshakeTimedOut)
        case .idle: discard()
        case .serving where goesOnTaking(): break
        case .serving: fail(reader.isInBody ? .answerStalled : .answerTimedOut)
        case .closed: break
        }
    }

    private func fail(_ failure: UpstreamFailure) {
        guard case .serving(let client) = state else { return }
        discard(withReset: failure.isOfTheNetwork)
        if failure.isOfTheNetwork { pool.suspect(address) }
        client.exchangeFailed(failure, wasReused: isReused)
    }

    /// Ends the exchange from the client's side: the upstream's work is stopped by closing.
    package func abandon() {
        guard case .serving = state else { return }
        discard(withReset: !reader.hasBegun)
    }

    /// The last exchange is the one under way; without one it is closed now.
    func retire() {
        isRetired = true
        if case .idle = state { discard() }
    }

    /// Closes an idle connection, or one that is out of step.
    ///
    /// - Parameter withReset: what has not left yet must not arrive later, when its client has gone or was told that
    ///   it failed.
    func discard(withReset: Bool = false) {
        guard case .closed = state else {
            close(withReset: withReset)
            pool.connectionClosed(self)
            return
        }
    }

    private func close(withReset: Bool) {
        state = .closed
        clientNoLongerCounts()
        outgoing.release()
        if withReset { channel?.resetOnClose() } else { channel?.sayGoodbye() }
        if let registration { loop.forget(registration) }
        registration = nil
        channel = nil
    }

    private func setDeadline(in nanoseconds: Int64) {
        guard let registration else { return }
        loop.setDeadline(registration, in: nanoseconds)
    }
}
