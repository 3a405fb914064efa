import Transport
import Upstream
import Wire

/// One cheap request to the API with a given credential. What counts is the status; of the body no more is looked at
/// than tells one 403 from another.
///
/// The request is `GET /v3/lds/stats`, the usage of the location services: it takes either kind of token, runs no
/// SQL and costs nothing.
final class LiveProbe: UpstreamClient, EventHandler {
    enum Result: Equatable {
        case answered(status: Int, namesReferer: Bool)
        case failed(UpstreamFailure)
    }

    static let path = "/v3/lds/stats"

    private let pool: UpstreamPool
    private let loop: EventLoop
    private let credential: BearerCredential
    private let basePath: [UInt8]
    private let referer: [UInt8]
    private var done: ((Result) -> Void)?
    private var timer: Registration?
    private var connection: UpstreamConnection?
    private var status = 0
    private var body: [UInt8] = []

    /// What is looked at of a body, in bytes; and how long all may take, in nanoseconds.
    private static let bodyLimit = 4 << 10
    private static let timeLimit: Int64 = 30_000_000_000

    /// - Parameter done: called once, never from within this initialiser.
    init(
        pool: UpstreamPool, loop: EventLoop, credential: BearerCredential, basePath: [UInt8], referer: [UInt8],
        done: @escaping (Result) -> Void
    ) {
        self.pool = pool
        self.loop = loop
        self.credential = credential
        self.basePath = basePath
        self.referer = referer
        self.done = done
        let timer = loop.registerTimer(self)
        self.timer = timer
        loop.callAgain(timer)
        loop.setDeadline(timer, at: loop.deadline(in: Self.timeLimit))
    }

    func becameReady(_ readiness: Readiness) {
        guard connection == nil, done != nil else { return }
        if let connection = pool.obtain(for: self) { connectionObtained(connection) }
    }

    func deadlinePassed() { end(.failed(.answerTimedOut)) }

    // MARK: Upstream

    func connectionObtained(_ connection: UpstreamConnection) {
        self.connection = connection
        var prepared = PreparedRequest(reusing: [])
        let authority = pool.endpoint.authority
        let referer = referer
        prepared.write { output in
            let target = basePath + Array(Self.path.utf8)
            HeadWriter.appendRequestLine(method: "GET", target: target.span, to: &output)
            HeadWriter.appendField(.host, authority.span, to: &output)
            HeadWriter.appendField(.accept, "application/json", to: &output)
            HeadWriter.appendField(.acceptEncoding, "identity", to: &output)
            HeadWriter.appendField(.userAgent, "cartouche", to: &output)
            if !referer.isEmpty { HeadWriter.appendField(.referer, referer.span, to: &output) }
        }
        let authorised = prepared.authorised(by: credential)
        connection.send(authorised, method: .get, isComplete: true, answerTimeout: nil)
        _ = authorised.withoutCredential().recycled()
    }

    func connectionRefused(_ failure: UpstreamFailure) { end(.failed(failure)) }

    func interimHeadReceived(_ head: borrowing ResponseHead) {}

    func headReceived(_ head: borrowing ResponseHead, framing: BodyFraming, options: ConnectionOptions) {
        status = head.status
    }

    func bodyReceived(_ bytes: Span<UInt8>, isLast: Bool) {
        let room = Self.bodyLimit - body.count
        guard room > 0 else { return }
        body.append(copying: bytes.extracting(0..<min(room, bytes.count)))
    }

    func answerEnded(_ trailers: TrailerSection?) {
        connection = nil
        end(.answered(status: status, namesReferer: Self.namesReferer(body)))
    }

    func receivingPaused() {}
    func sendingDrained() {}

    func exchangeFailed(_ failure: UpstreamFailure, wasReused: Bool) {
        connection = nil
        end(.failed(failure))
    }

    /// A 403 for want of the right `Referer` says `Unauthorized referer`.
    private static func namesReferer(_ body: [UInt8]) -> Bool {
        let word = Array("referer".utf8)
        let text = body.map(ByteComparison.lowercased)
        return text.indices.contains { text[$0...].starts(with: word) }
    }

    private func end(_ result: Result) {
        let done = self.done
        self.done = nil
        connection?.abandon()
        connection = nil
        pool.withdraw(self)
        if let timer { loop.forget(timer) }
        timer = nil
        done?(result)
    }
}
