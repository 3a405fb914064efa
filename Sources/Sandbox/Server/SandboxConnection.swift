import TLS
import Transport
import Wire

/// One client's connection: its requests are answered one after another, in their order.
///
///     handshaking ──▶ receiving ⇄ answering ⇄ pausing
///                         │           │
///                         └───────────┴──▶ lingering ──▶ closed
final class SandboxConnection: EventHandler {
    private enum Phase {
        case handshaking
        case receiving
        case answering(AnswerStream)
        /// Between two parts of an answer that takes its time, so many nanoseconds.
        case pausing(AnswerStream, Int64)
        /// The last answer has been given; what still comes is thrown away, so that closing does not destroy the
        /// answer on its way (RFC 9112 §9.6).
        case lingering(discarded: Int)
        case closed
    }

    private unowned let core: SandboxCore
    private let service: any SandboxService
    private var channel: Channel?
    private var registration: Registration?
    private var phase = Phase.handshaking
    private var receiver = RequestReceiver()
    /// Read and not used yet: requests behind the one being answered.
    private var inbound: [UInt8] = []
    private var outbound = SendBuffer(keptCapacity: 128 << 10)
    /// Bytes may be waiting that no readiness will be reported for.
    private var isReadDue = false

    /// Reads or steps of an answer in one go at the most, so that one fast client does not keep the others waiting.
    private static let burst = 4

    /// Thrown away of a client that goes on sending after its last answer, in bytes.
    private static let lingerLimit = 1 << 20

    init(descriptor: Int32, service: any SandboxService, core: SandboxCore) throws(SystemError) {
        self.core = core
        self.service = service
        channel = Channel(descriptor: descriptor)
        do {
            registration = try core.loop.register(connection: descriptor, self)
        } catch {
            channel = nil
            throw error
        }
    }

    /// Begins with the TLS handshake, or with the first request where there is none.
    func open() {
        guard let context = core.tls else { return beginReceiving() }
        do {
            try channel?.secure(server: context)
        } catch {
            return close()
        }
        setDeadline(in: core.timeouts.handshake)
        continueHandshake()
    }

    // MARK: Readiness

    func becameReady(_ readiness: Readiness) {
        channel?.note(readiness)
        switch phase {
        case .handshaking: return continueHandshake()
        case .closed: return
        case .receiving, .answering, .pausing, .lingering: break
        }
        if readiness.contains(.hungUp) { return close() }
        if readiness.contains(.writable) || channel?.isCrossed == true { continueSending() }
        if readiness.contains(.readable) || channel?.isCrossed == true { receive() }
    }

    func deadlinePassed() {
        switch phase {
        case .handshaking, .lingering: close()
        case .receiving:
            switch receiver.stage {
            // Nothing was asked, nothing needs an answer.
            case .nothing: close()
            case .partOfHead, .head: refuse(status: 408, "The request did not come in time.")
            }
        case .answering: cut()
        case .pausing(let stream, _):
            guard outbound.isEmpty else { return cut() }
            phase = .answering(stream)
            continueAnswer()
            resume()
        case .closed: break
        }
    }

    private func continueHandshake() {
        switch channel?.handshake() {
        case .bytes:
            beginReceiving()
            // The first request may have come with the end of the handshake.
            receive()
        case .blocked: break
        case nil, .ended, .failed: close()
        }
    }

    private func beginReceiving() {
        phase = .receiving
        setDeadline(in: core.timeouts.idle)
    }

    // MARK: Receiving

    private var isReading: Bool {
        switch phase {
        case .receiving, .lingering: true
        case .handshaking, .answering, .pausing, .closed: false
        }
    }

    private func receive() {
        guard isReading else {
            isReadDue = true
            return
        }
        isReadDue = false
        var scratch = core.loop.scratch.take()
        defer { core.loop.scratch.giveBack(scratch) }
        for _ in 0..<Self.burst {
            switch unsafe scratch.withUnsafeMutableBytes({ unsafe channel?.read(into: $0) ?? .ended }) {
            case .bytes(let count): process(scratch.span.extracting(0..<count))
            case .blocked: return
            case .ended, .failed: return close()
            }
            if channel?.isDrained != false { return }
            guard isReading else {
                isReadDue = true
                return
            }
        }
        if let registration { core.loop.callAgain(registration) }
    }

    /// Goes through what has arrived until an answer has to be waited for, and keeps the rest.
    private func process(_ bytes: Span<UInt8>) {
        var offset = 0
        while offset < bytes.count {
            switch phase {
            case .receiving:
                do throws(WireError) {
                    try receiveRequest(bytes, from: &offset)
                } catch {
                    // What follows it cannot be read: nobody knows where it begins.
                    offset = bytes.count
                    refuse(status: error.status, error.explanation)
                }
            case .answering, .pausing:
                inbound.append(copying: bytes.extracting(offset..<bytes.count))
                return
            case .lingering(let discarded): return discard(discarded + bytes.count - offset)
            case .handshaking, .closed: return
            }
        }
    }

    private func receiveRequest(_ bytes: Span<UInt8>, from offset: inout Int) throws(WireError) {
        let stage = receiver.stage
        switch try receiver.next(bytes, from: &offset) {
        case .needsMore:
            switch receiver.stage {
            case .nothing: break
            // Counted from the first byte: a client that drips does not gain time.
            case .partOfHead: if stage == .nothing { setDeadline(in: core.timeouts.head) }
            case .head: setDeadline(in: core.timeouts.content)
            }
        case .contentAwaited:
            setDeadline(in: core.timeouts.content)
            outbound.compose {
                HeadWriter.appendStatusLine(100, to: &$0)
                HeadWriter.appendEnd(to: &$0)
            }
            _ = flush()
        case .request(let received):
            let now = Clock.wallNanoseconds() / 1_000_000_000
            let answer = service.answer(received.request, now: now)
            begin(answer, to: received, now: now)
        }
    }

    /// The next requests' turn has come.
    private func resume() {
        if case .receiving = phase, !inbound.isEmpty {
            var kept: [UInt8] = []
            swap(&kept, &inbound)
            process(kept.span)
        }
        if isReadDue, isReading { receive() }
    }

    private func discard(_ total: Int) {
        guard total <= Self.lingerLimit else { return close() }
        phase = .lingering(discarded: total)
    }

    // MARK: Answering

    private func begin(_ answer: SandboxAnswer, to received: ReceivedRequest, now: Int64) {
        setDeadline(in: .max)
        let stream = outbound.compose {
            AnswerStream(
                answer, isHead: received.isHead, isHTTP10: received.isHTTP10,
                keepsConnection: received.keepsConnection, now: now, to: &$0)
        }
        phase = .answering(stream)
        continueAnswer()
    }

    /// Answers what is no request, or not one in time.
    private func refuse(status: Int, _ explanation: String) {
        let unread = ReceivedRequest(
            request: SandboxRequest(method: "", path: ""), isHead: false, isHTTP10: false, keepsConnection: false)
        let answer = SandboxAnswer(
            json: ["error": .text(explanation), "status": .integer(Int64(status))], status: status)
        begin(answer, to: unread, now: Clock.wallNanoseconds() / 1_000_000_000)
    }

    private func continueSending() {
        switch phase {
        case .answering:
            continueAnswer()
            resume()
        case .pausing(_, let interval):
            if !outbound.isEmpty, flush() { setDeadline(in: interval) }
        case .receiving, .lingering: _ = flush()
        case .handshaking, .closed: break
        }
    }

    private func continueAnswer() {
        for _ in 0..<Self.burst {
            guard case .answering(var stream) = phase, isReadyForMore else { return }
            let step = outbound.compose { stream.next(to: &$0) }
            phase = .answering(stream)
            switch step {
            case .more: continue
            case .pause(let interval):
                phase = .pausing(stream, interval)
                if flush() { setDeadline(in: interval) }
                return
            case .ended:
                if flush() { answerEnded(staysOpen: stream.staysOpen) }
                return
            }
        }
        if let registration { core.loop.callAgain(registration) }
    }

    /// A small answer leaves with its head, in one record; beyond that, what was written has to leave first.
    private var isReadyForMore: Bool { outbound.count < Self.corkLimit || flush() }

    /// In bytes: one TLS record.
    private static let corkLimit = 16 << 10

    private func answerEnded(staysOpen: Bool) {
        guard staysOpen else { return linger() }
        beginReceiving()
    }

    /// Sends what was written.
    /// - Returns: whether all of it has left.
    private func flush() -> Bool {
        guard !outbound.isEmpty else { return true }
        guard channel != nil else { return false }
        switch outbound.send(over: &channel!) {
        case .sent: return true
        case .blocked: setDeadline(in: core.timeouts.stall)
        case .failed: close()
        }
        return false
    }

    // MARK: Ending

    private func linger() {
        inbound = []
        phase = .lingering(discarded: 0)
        channel?.finishWriting()
        setDeadline(in: core.timeouts.linger)
        if let registration { core.loop.callAgain(registration) }
    }

    /// Ends the connection in the middle of an answer, so that the client can see that it was cut.
    func cut() {
        switch phase {
        case .answering, .pausing: channel?.resetOnClose()
        case .handshaking, .receiving, .lingering: channel?.sayGoodbye()
        case .closed: return
        }
        release()
    }

    private func close() {
        if case .closed = phase { return }
        channel?.sayGoodbye()
        release()
    }

    private func release() {
        phase = .closed
        inbound = []
        outbound.release()
        if let registration { core.loop.forget(registration) }
        registration = nil
        channel = nil
        core.connectionClosed()
    }

    private func setDeadline(in nanoseconds: Int64) {
        guard let registration else { return }
        core.loop.setDeadline(registration, at: core.loop.deadline(in: nanoseconds))
    }
}
