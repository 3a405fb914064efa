import Observability
import Policy
import Rewriting
import Transport
import Upstream
import Wire

/// One request and its answer, from the parsed head to the line in the access log.
///
/// It stands between a client's connection and an upstream's and moves bytes both ways as each side can take
/// them. Every way ends in ``finish(staysOpen:isCut:)``, after which it can be used again: the answer has been given,
/// ``fail(_:)``, or ``clientLeft()``. Beside this file: what `read_only` judges (`+Judging`), a 401 to a token of ours
/// (`+Renewal`), and the answers made here (`+OwnAnswers`).
final class Exchange: UpstreamClient {
    /// What is being waited for before the request can go.
    enum Waiting {
        case nothing
        case token
        case connection
    }

    /// Where the answer is.
    enum AnswerSide: Equatable {
        case awaited
        /// Being passed on, framed so.
        case streaming(AnswerComposer.Framing)
        /// A 401 to a token of ours: kept back until it is known whether a new token can be had.
        case held(AnswerComposer.Framing)
        case ended
    }

    /// Which lets go of this object when it stops.
    let worker: WorkerCore
    /// The configuration this one was begun under; it is used again only under the same.
    let regime: Regime
    // Set for as long as the exchange is in use.
    private(set) var downstream: DownstreamConnection?
    var upstream: UpstreamConnection?
    var outgoing = OutgoingStage.none
    var waiting = Waiting.nothing
    var answer = AnswerSide.awaited
    var request = RequestFacts()
    var record = AccessRecord()
    var body = RequestBody()
    private var started: Int64 = 0
    /// Sent again after a connection had died, and with another token after a 401: each once.
    private var hasRetried = false
    var hasRenewed = false
    /// For a token, the second time because the first one had ended before there was a connection.
    private var hasWaitedTwice = false
    var heldAnswer: [UInt8] = []
    private var answerBody = AnswerBody.direct
    /// Whether there is room for its line in the audit log, where one is written.
    private(set) var hasAuditPlace = false

    init(worker: WorkerCore, regime: Regime) {
        self.worker = worker
        self.regime = regime
    }

    /// Of the credential chosen for the request; nil: none.
    var credential: TokenEntry? {
        guard let index = request.credential, regime.credentials.indices.contains(index) else { return nil }
        return regime.credentials[index]
    }

    /// Whether the client's connection has no next request.
    var isLastOfConnection: Bool { isLast(of: downstream) }

    private func isLast(of client: DownstreamConnection?) -> Bool { worker.isDraining || client?.isLeaving == true }

    // MARK: Beginning

    /// - Parameter listener: which of the configured listeners the connection came in by.
    func begin(
        _ head: borrowing RequestHead, framing: BodyFraming, on connection: DownstreamConnection, listener: Int
    ) {
        downstream = connection
        answer = .awaited
        hasRetried = false
        hasRenewed = false
        hasWaitedTwice = false
        started = worker.loop.now
        worker.identifyRequest(&record)
        record.method = head.method.token
        request.take(head)
        hasAuditPlace = regime.settings.audit?.reserve() ?? false
        let verdict = regime.gate.decide(head, listener: listener, client: regime.clientCheck(), into: &request)
        if let client = request.client { record.key = client.record.name }
        learnAuditedClient()
        body.begin(framing, isForm: request.isForm)
        switch verdict {
        case .refused(let failure):
            record.route = request.hasRoute ? regime.gate.template(ofRoute: request.route) : "(none)"
            fail(failure)
        case .preflight: answerPreflight()
        case .cartoInfo: answerCartoInfo()
        case .forward:
            record.route = regime.gate.template(ofRoute: request.route)
            if let failure = charge() { return fail(failure) }
            if body.isNone { return judge { prepare(head) } }
            if request.judge != nil { return holdBody(head, limit: ReadOnlyJudge.bodyLimit) }
            // Where connections are short none waits for a client that may take its time over a few bytes.
            if body.isShort, regime.pool(request.upstream)?.isScarce == true {
                return holdBody(head, limit: RequestBody.shortLimit)
            }
            prepare(head)
        }
    }

    func prepare(_ head: borrowing RequestHead) {
        var prepared = PreparedRequest(reusing: worker.takeBuffer())
        regime.gate.compose(
            head, to: request.upstream, route: request.route, path: request.path, options: request.connectionOptions,
            isRewritten: request.isRewritten, expectsContinue: request.expectsContinue, framing: body.composed,
            into: &prepared)
        outgoing = .prepared(prepared)
        if !body.isHeld { authorise() }
    }

    // MARK: The credential

    /// Gives the request its credential, or waits for one, or says why there is none.
    ///
    /// - Parameter connection: what it is sent over if nothing has to be waited for; nil: one is to be had.
    func authorise(over connection: UpstreamConnection? = nil) {
        guard case .prepared(let prepared) = outgoing.take() else { return }
        let credential = credential
        guard credential != nil || request.credential == nil else {
            outgoing = .prepared(prepared)
            return fail(.of(.internalInconsistency))
        }
        switch worker.tokens.credential(of: credential, waiter: self) {
        case .bearer(let credential, let generation, let kind):
            request.generation = generation
            record.token = kind
            outgoing = .authorised(prepared.authorised(by: credential))
            if let connection { send(over: connection) } else { connect() }
        case .publicRoute:
            record.token = "none"
            outgoing = .authorised(prepared.authorisedAsPublic())
            connect()
        case .wait:
            outgoing = .prepared(prepared)
            waiting = .token
            if let connection {
                connection.abandon()
                // Who waits for connections longer than tokens live would go on for ever.
                guard !hasWaitedTwice else { return fail(.of(.tokenWaitTimedOut)) }
                hasWaitedTwice = true
            }
            downstream?.setDeadline(in: regime.timeouts.token)
        case .refused(let failure):
            connection?.abandon()
            outgoing = .prepared(prepared)
            fail(failure)
        }
    }

    /// The token that was waited for can be asked for again, or will not come.
    func tokenSettled(_ failure: Failure?) {
        guard case .token = waiting else { return }
        waiting = .nothing
        downstream?.setDeadline(in: .max)
        if case .held = answer { return decideAboutHeldAnswer(mayRenew: failure == nil) }
        if let failure { fail(failure) } else { authorise() }
    }

    // MARK: The connection

    private func connect(fresh: Bool = false) {
        guard let pool = regime.pool(request.upstream) else {
            return fail(.of(.upstreamNotConfigured(request.upstream)))
        }
        waiting = .connection
        if let connection = pool.obtain(for: self, fresh: fresh) {
            waiting = .nothing
            return send(over: connection)
        }
        // It may have been refused at once.
        if case .connection = waiting { downstream?.setDeadline(in: regime.timeouts.queue) }
    }

    func connectionObtained(_ connection: UpstreamConnection) {
        waiting = .nothing
        downstream?.setDeadline(in: .max)
        guard worker.tokens.mayStillBeSent(request.generation, of: credential) else {
            return authoriseAnew(for: connection)
        }
        send(over: connection)
    }

    /// The token has ended, or another has taken its place, while a connection was waited for.
    private func authoriseAnew(for connection: UpstreamConnection) {
        guard case .authorised(let authorised) = outgoing.take() else {
            connection.abandon()
            return fail(.of(.internalInconsistency))
        }
        outgoing = .prepared(authorised.withoutCredential())
        authorise(over: connection)
    }

    private func send(over connection: UpstreamConnection) {
        upstream = connection
        record.upstream = request.upstreamLabel
        switch outgoing.take() {
        case .authorised(let authorised):
            let isComplete = body.isNone
            connection.send(
                authorised, method: request.method, isComplete: isComplete, answerTimeout: request.answerTimeout)
            outgoing = .authorised(authorised)
            body.sendAgain(to: connection)
            if body.isComplete, !isComplete { connection.finishSending() }
            connection.releaseSending()
            if !isComplete { downstream?.resume() }
        case .none:
            connection.abandon()
            upstream = nil
            fail(.of(.internalInconsistency))
        case .prepared(let prepared):
            // Without a credential nothing is sent; there is no way to get here.
            outgoing = .prepared(prepared)
            connection.abandon()
            upstream = nil
            fail(.of(.internalInconsistency))
        }
    }

    func connectionRefused(_ failure: UpstreamFailure) {
        waiting = .nothing
        fail(.of(.upstream(failure, request.upstreamLabel)))
    }

    // MARK: The request's body

    /// Whether the request cannot go yet, and a deadline of its own runs.
    var isWaiting: Bool {
        switch waiting {
        case .nothing: false
        case .token, .connection: true
        }
    }

    /// Whether a part of the body can be taken right now.
    var acceptsBody: Bool {
        guard answer != .ended else { return false }
        guard let upstream else { return body.isHeld }
        return upstream.canTakeMore
    }

    func requestBodyReceived(_ bytes: Span<UInt8>) {
        record.bytesIn &+= Int64(bytes.count)
        if body.isHeld, !body.collect(bytes, limit: ReadOnlyJudge.bodyLimit) {
            return fail(.of(.writesRefused(.bodyTooLarge, key: request.readOnlyKey)))
        }
        guard let upstream else { return }
        body.send(bytes, to: upstream)
    }

    func requestEnded(_ trailers: TrailerSection?) {
        if body.isHeld { return heldBodyEnded() }
        guard let upstream else { return }
        body.finish(trailers, to: upstream)
    }

    /// All that the client had sent has been looked at.
    func inputPaused() { upstream?.releaseSending() }

    /// The body broke the grammar: the request cannot be completed.
    func requestBodyBroke(_ failure: Failure) { fail(failure) }

    /// Nothing more will come from the client, but it may still read.
    func clientWillSendNoMore() { request.keepsAlive = false }

    func sendingDrained() { downstream?.resume() }

    // MARK: The answer

    func interimHeadReceived(_ head: borrowing ResponseHead) {
        // RFC 9110 §15.2: an HTTP/1.0 client knows no interim answers.
        guard request.minorVersion > 0, let downstream else { return }
        downstream.compose { output in
            let start = output.count
            AnswerComposer.appendStatusLine(head, to: &output)
            if head.status != 100 {
                AnswerComposer.appendFields(head, options: .none, isRewritten: false, to: &output)
            }
            regime.bodies.mask(&output, from: start)
            HeadWriter.appendEnd(to: &output)
        }
        downstream.flush()
    }

    func headReceived(_ head: borrowing ResponseHead, framing: BodyFraming, options: ConnectionOptions) {
        record.status = head.status
        record.untilHead = worker.loop.now &- started
        do throws(RewritingError) {
            if framing != .none {
                answerBody = try regime.bodies.choose(
                    for: head, upstream: request.upstream, mayRewrite: request.isRewritten, base: request.base)
            }
        } catch {
            return fail(.of(.bodyNotPassable(error)))
        }
        let framed = answerFraming(head, framing)
        if head.status == 401, let generation = request.generation, !hasRenewed {
            if body.canBeSentAgain {
                answer = .held(framed)
                heldAnswer.removeAll(keepingCapacity: true)
                composeHead(head, framed, options, for: downstream, into: &heldAnswer)
                return
            }
            worker.tokens.noteRefusal(generation, of: credential)
        }
        dropOutgoing()
        answer = .streaming(framed)
        guard let downstream else { return }
        if framed.mayExceed(DownstreamConnection.narrowWindow) { downstream.prepareForLongAnswer() }
        downstream.beginAnswer()
        downstream.compose { composeHead(head, framed, options, for: downstream, into: &$0) }
    }

    private func answerFraming(_ head: borrowing ResponseHead, _ framing: BodyFraming) -> AnswerComposer.Framing {
        switch framing {
        case .none:
            // A rewritten body would have another length than the one announced.
            guard !request.isRewritten, head.status != 204, let value = head.firstValue(of: .contentLength),
                let length = Decimal.parse(head.storage.span.extracting(value.range))
            else { return .none }
            return .announced(length)
        case .length(let length) where !answerBody.changesLength: return .length(length)
        case .length, .chunked, .untilClose: return request.minorVersion > 0 ? .chunked : .untilClose
        }
    }

    private func composeHead(
        _ head: borrowing ResponseHead, _ framing: AnswerComposer.Framing, _ options: ConnectionOptions,
        for client: DownstreamConnection?, into output: inout [UInt8]
    ) {
        // An early answer leaves the rest of the request unread: the connection is out of step.
        if client?.isRequestComplete != true || framing == .untilClose || isLast(of: client) {
            request.keepsAlive = false
        }
        let start = output.count
        AnswerComposer.appendStatusLine(head, to: &output)
        // The head of a body that is not sent (HEAD) is to be that of the one that would be.
        let isRewritten = answerBody.changesLength || framing == .none && request.isRewritten
        AnswerComposer.appendFields(head, options: options, isRewritten: isRewritten, to: &output)
        if head.present.contains(.location) || head.present.contains(.contentLocation) {
            regime.gate.appendLocation(head, request: request, to: &output)
        }
        appendOwnFields(to: &output)
        AnswerComposer.appendVia(head, regime.gate.via, to: &output)
        // A secret that an upstream puts into a field comes back no more than one in a body.
        regime.bodies.mask(&output, from: start)
        AnswerComposer.appendFraming(framing, to: &output)
        AnswerComposer.appendConnection(
            staysOpen: request.keepsAlive, minorVersion: request.minorVersion, to: &output)
        HeadWriter.appendEnd(to: &output)
    }

    func appendOwnFields(to output: inout [UInt8]) {
        let identifier = record.requestID
        HeadWriter.appendField(.cartoucheRequestID, identifier.span, to: &output)
        output.append(contentsOf: request.cors)
    }

    var receivingLimit: Int { answerBody.receivingLimit }

    func bodyReceived(_ bytes: Span<UInt8>, isLast: Bool) {
        switch answer {
        case .streaming(let framing): process(bytes, isLast: isLast) { emit($0, framing) }
        case .held(let framing):
            process(bytes, isLast: isLast) { Self.appendFramed($0, framing, to: &heldAnswer) }
            // Too long to be kept: it is the client's answer after all. (If it could be read to here.)
            if case .held = answer, heldAnswer.count > worker.heldAnswerLimit { releaseHeldAnswer(framing) }
        case .awaited, .ended: break
        }
    }

    private func process(_ bytes: Span<UInt8>, isLast: Bool, emit: (Span<UInt8>) -> Void) {
        do throws(RewritingError) {
            try answerBody.take(bytes, isLast: isLast, emit: emit)
        } catch {
            bodyBroke(error)
        }
    }

    /// The answer's body cannot go on. What the client has is visibly cut.
    private func bodyBroke(_ error: RewritingError) {
        if error == .secretMustNotReturn { worker.answerCut() }
        fail(.of(.bodyNotPassable(error)))
    }

    private func emit(_ bytes: Span<UInt8>, _ framing: AnswerComposer.Framing) {
        guard let downstream else { return }
        record.bytesOut &+= Int64(bytes.count)
        switch framing {
        case .none, .announced: return
        case .length(let length):
            // What ends the answer, ends the connection in the same call: see ``finish(staysOpen:isCut:)``.
            downstream.transmit(bytes, isLast: record.bytesOut >= length && !request.keepsAlive)
        case .untilClose: downstream.transmit(bytes)
        case .chunked:
            downstream.compose { ChunkWriter.appendSizeLine(bytes.count, to: &$0) }
            if bytes.count >= Self.directLimit {
                downstream.transmit(bytes)
                downstream.compose { ChunkWriter.appendDataEnd(to: &$0) }
            } else {
                downstream.compose { output in
                    output.append(copying: bytes)
                    ChunkWriter.appendDataEnd(to: &output)
                }
            }
        }
    }

    /// From this size on copying a part into the buffer costs more than a system call of its own, in bytes.
    private static let directLimit = 16 << 10

    private static func appendFramed(
        _ bytes: Span<UInt8>, _ framing: AnswerComposer.Framing, to output: inout [UInt8]
    ) {
        switch framing {
        case .none, .announced: break
        case .length, .untilClose: output.append(copying: bytes)
        case .chunked:
            ChunkWriter.appendSizeLine(bytes.count, to: &output)
            output.append(copying: bytes)
            ChunkWriter.appendDataEnd(to: &output)
        }
    }

    func receivingPaused() {
        guard let downstream, case .streaming = answer else { return }
        downstream.flush()
        if !downstream.canTakeMore { upstream?.holdReceiving() }
    }

    /// The client has taken all that was given.
    func outputDrained() { upstream?.resumeReceiving() }

    func answerEnded(_ trailers: TrailerSection?) {
        upstream = nil
        switch answer {
        case .streaming(let framing):
            guard finishBody({ emit($0, framing) }) else { return }
            endAnswer(framing, trailers)
        case .held(let framing):
            guard finishBody({ Self.appendFramed($0, framing, to: &heldAnswer) }) else { return }
            if framing == .chunked { ChunkWriter.appendLastChunk(to: &heldAnswer) }
            askForRenewal()
        case .awaited, .ended: break
        }
    }

    private func finishBody(_ emit: (Span<UInt8>) -> Void) -> Bool {
        do throws(RewritingError) {
            try answerBody.finish(emit: emit)
            giveBackBody()
            return true
        } catch {
            bodyBroke(error)
            return false
        }
    }

    private func giveBackBody() {
        if case .direct = answerBody { return }
        if answerBody.hits > 0 {
            worker.secretsMasked(answerBody.hits)
            regime.secretsMasked(answerBody.hits, record)
        }
        regime.bodies.giveBack(answerBody, upstream: request.upstream)
        answerBody = .direct
    }

    private func endAnswer(_ framing: AnswerComposer.Framing, _ trailers: TrailerSection?) {
        if framing == .chunked {
            downstream?.compose { output in
                if let trailers {
                    let start = output.count
                    ChunkWriter.appendLastChunk(
                        trailers, where: { !AnswerComposer.removed.contains($0.known) }, to: &output)
                    regime.bodies.mask(&output, from: start)
                } else {
                    ChunkWriter.appendLastChunk(to: &output)
                }
            }
        }
        finish(staysOpen: request.keepsAlive)
    }

    // MARK: Failing

    func exchangeFailed(_ failure: UpstreamFailure, wasReused: Bool) {
        upstream = nil
        switch answer {
        case .awaited:
            // RFC 9110 §9.2.2 and RFC 9112 §9.3.1: once more, on a new connection, if the server had closed this
            // one before it can have seen the request, and if the request may be sent twice.
            if wasReused, failure.isBeforeAnswer, request.isSafe, body.isNone, !hasRetried,
                regime.pool(request.upstream)?.mayRetry() == true
            {
                hasRetried = true
                return connect(fresh: true)
            }
            fail(.of(.upstream(failure, request.upstreamLabel)))
        case .held, .streaming: fail(.of(.upstream(failure, request.upstreamLabel)))
        case .ended: break
        }
    }

    func deadlinePassed() {
        switch waiting {
        case .token:
            worker.tokens.withdraw(self, of: credential)
            tokenSettled(.of(.tokenWaitTimedOut))
        case .connection:
            regime.pool(request.upstream)?.withdraw(self)
            connectionRefused(.queueTimedOut)
        case .nothing:
            // The client owes the rest of its body.
            fail(.of(.bodyTimedOut))
        }
    }

    /// The client has gone: what is done for it stops.
    func clientLeft() {
        guard answer != .ended else { return }
        letGo()
        // nginx's number for it; no client sees it.
        if record.status == 0 { record.status = 499 }
        record.code = "client-left"
        finish(staysOpen: false, isCut: true)
    }

    /// Lets go of whatever is waited for or under way.
    func letGo() {
        switch waiting {
        case .token: worker.tokens.withdraw(self, of: credential)
        case .connection: regime.pool(request.upstream)?.withdraw(self)
        case .nothing: break
        }
        waiting = .nothing
        upstream?.abandon()
        upstream = nil
    }

    func finish(staysOpen: Bool, isCut: Bool = false) {
        answer = .ended
        record.total = worker.loop.now &- started
        audit()
        worker.exchangeFinished(&record, under: regime)
        var connection: DownstreamConnection?
        swap(&connection, &downstream)
        dropOutgoing()
        body.reset()
        giveBackBody()
        worker.giveBack(self)
        if !isCut {
            connection?.exchangeEnded(staysOpen: staysOpen, isLast: !request.connectionOptions.keepAlive)
        }
    }

    func dropOutgoing() {
        switch outgoing.take() {
        case .none: break
        case .prepared(let prepared): worker.giveBack(buffer: prepared.recycled())
        case .authorised(let authorised): worker.giveBack(buffer: authorised.withoutCredential().recycled())
        }
    }
}
