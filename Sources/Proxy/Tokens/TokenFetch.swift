import Credentials
import Secrets
import Transport
import Upstream
import Wire

/// One token request, through the same connections and under the same rules as everything else that goes out.
final class TokenFetch: UpstreamClient, EventHandler {
    private let request: TokenRequest
    private let secrets: [Secret]
    private let pool: UpstreamPool
    private let loop: EventLoop
    private let limits: TokenLimits
    private var done: ((Result<TokenGrant, FetchFailure>) -> Void)?
    private var connection: UpstreamConnection?
    private var timer: Registration?
    private var sentAt = Instant(boot: Nanoseconds(0), wall: Nanoseconds(0))
    private var answer: TokenAnswer?
    private var body: [UInt8] = []
    private var isTooLarge = false
    private var hasRetried = false

    /// - Parameters:
    ///   - secrets: what must not show in messages: those in the request, the present token.
    ///   - done: called once, never from within this initialiser; not after ``cancel()``.
    init(
        _ request: TokenRequest, secrets: [Secret], pool: UpstreamPool, loop: EventLoop, limits: TokenLimits,
        done: @escaping (Result<TokenGrant, FetchFailure>) -> Void
    ) {
        self.request = request
        self.secrets = secrets
        self.pool = pool
        self.loop = loop
        self.limits = limits
        self.done = done
        // Enough for any token there is: a body that grows leaves copies of it behind.
        body.reserveCapacity(2 * TokenLimits.tokenBytes)
        let timer = loop.registerTimer(self)
        self.timer = timer
        loop.callAgain(timer)
        loop.setDeadline(timer, at: loop.deadline(in: limits.flight.count))
    }

    func becameReady(_ readiness: Readiness) {
        guard connection == nil, done != nil else { return }
        if let connection = pool.obtain(for: self) { connectionObtained(connection) }
    }

    func deadlinePassed() { end(.failure(FetchFailure(.unavailable(.timedOut)))) }

    func cancel() {
        done = nil
        letGo()
    }

    // MARK: Upstream

    func connectionObtained(_ connection: UpstreamConnection) {
        self.connection = connection
        sentAt = Instant(boot: Nanoseconds(loop.now), wall: Nanoseconds(Clock.wallNanoseconds()))
        let authority = pool.endpoint.authority
        var prepared = PreparedRequest(reusing: [])
        prepared.write { output in
            let target = Array(request.endpoint.path.utf8)
            HeadWriter.appendRequestLine(method: "POST", target: target.span, to: &output)
            HeadWriter.appendField(.host, authority.span, to: &output)
            for (name, text) in [(FieldName.accept, TokenRequest.accept), (.contentType, TokenRequest.contentType)] {
                let value = Array(text.utf8)
                HeadWriter.appendField(name, value.span, to: &output)
            }
            HeadWriter.appendField(.contentLength, decimal: UInt64(request.body.count), to: &output)
        }
        let authorised: AuthorisedRequest
        if let authorization = request.authorization {
            authorised = prepared.authorised(byField: authorization)
        } else {
            authorised = prepared.authorisedByBody()
        }
        connection.send(authorised, method: .post, isComplete: false)
        request.body.withExposedBytes { connection.send($0) }
        connection.finishSending()
        _ = authorised.withoutCredential().recycled()
    }

    func connectionRefused(_ failure: UpstreamFailure) { end(.failure(Self.failure(failure))) }

    func interimHeadReceived(_ head: borrowing ResponseHead) {}

    func headReceived(_ head: borrowing ResponseHead, framing: BodyFraming, options: ConnectionOptions) {
        let bytes = head.storage.span
        let now = Clock.wallNanoseconds() / 1_000_000_000
        func value(_ name: FieldName) -> ByteSlice? { head.firstValue(of: name) }
        var retry = RetryHint()
        if let slice = value(.retryAfter) {
            let text = bytes.extracting(slice.range)
            retry.retryAfter = RetryHint.delay(text)
            if retry.retryAfter == nil { retry.retryAfter = HTTPDate.parse(text, now: now).map { .date($0) } }
        }
        if let slice = value(.xRateLimitReset) {
            retry.rateLimitReset = RetryHint.rateLimitReset(bytes.extracting(slice.range))
        }
        var date: Int64?
        if let slice = value(.date) {
            date = HTTPDate.parse(bytes.extracting(slice.range), now: now)
        }
        answer = TokenAnswer(status: head.status, serverDate: date, retry: retry, sentAt: sentAt)
    }

    func bodyReceived(_ bytes: Span<UInt8>, isLast: Bool) {
        guard body.count + bytes.count <= TokenLimits.answerBytes else {
            connection?.abandon()
            connection = nil
            return end(.failure(FetchFailure(.malformed(.answerTooLarge), status: answer?.status)))
        }
        body.append(copying: bytes)
    }

    func answerEnded(_ trailers: TrailerSection?) {
        connection = nil
        guard let answer else { return end(.failure(FetchFailure(.unavailable(.interrupted)))) }
        do throws(FetchFailure) {
            let body = body
            end(.success(try answer.parse(body.span, redacting: secrets, limits: limits)))
        } catch {
            end(.failure(error))
        }
    }

    func receivingPaused() {}
    func sendingDrained() {}

    func exchangeFailed(_ failure: UpstreamFailure, wasReused: Bool) {
        connection = nil
        // A token request may be sent twice: at worst a token is issued that nobody uses.
        if wasReused, failure.isBeforeAnswer, !hasRetried, pool.mayRetry() {
            hasRetried = true
            if let fresh = pool.obtain(for: self, fresh: true) { connectionObtained(fresh) }
            return
        }
        end(.failure(Self.failure(failure)))
    }

    // MARK: Ending

    private func end(_ result: Result<TokenGrant, FetchFailure>) {
        let done = self.done
        self.done = nil
        letGo()
        done?(result)
    }

    private func letGo() {
        connection?.abandon()
        connection = nil
        pool.withdraw(self)
        if let timer { loop.forget(timer) }
        timer = nil
        wipe(&body)
    }

    private static func failure(_ failure: UpstreamFailure) -> FetchFailure {
        if case .egress(let failure) = failure { return FetchFailure(.unavailable(.wayBlocked(failure.wayFailure))) }
        if failure.isBeforeSending {
            return FetchFailure(.unavailable(failure.isTimeOut ? .timedOut : .unreachable))
        }
        switch failure {
        case .answerTimedOut, .answerStalled: return FetchFailure(.unavailable(.timedOut))
        default: return FetchFailure(.unavailable(.interrupted))
        }
    }
}
