import Wire

/// The machine that reads one answer after another from a connection's bytes. It does no I/O.
///
///     awaiting ──head 1xx──▶ awaiting
///        │
///        └──final head──▶ body ──last byte──▶ ended ──begin(to:)──▶ awaiting
package struct ResponseReader {
    package enum Event: Equatable {
        /// All input was used; more is needed.
        case needsMore
        /// A head is in ``head``: an interim one (1xx) or the final one with its framing.
        case interimHead
        case head(BodyFraming)
        /// A part of the body: this range of the input.
        case body(Range<Int>)
        /// The answer is complete.
        case ended
    }

    private enum Phase {
        case head
        case none
        case length(Int64)
        case chunked
        case untilClose
        case ended
    }

    package private(set) var head = ResponseHead()
    private var phase = Phase.ended
    private var method = Method.get
    private var partial: [UInt8] = []
    private var scanner = HeadScanner(.response)
    private var chunks = ChunkedDecoder()
    private var interimCount = 0
    private let limits: HeadLimits

    /// Interim answers before a final one. Servers send one or two; an endless row of them is an attack.
    private static let interimLimit = 16

    package init(limits: HeadLimits) { self.limits = limits }

    /// Prepares for the answer to the next request.
    package mutating func begin(to method: Method) {
        self.method = method
        phase = .head
        interimCount = 0
        partial.removeAll(keepingCapacity: true)
        scanner.reset()
    }

    /// Whether a byte of an answer has come.
    package var hasBegun: Bool {
        switch phase {
        case .head: interimCount > 0 || !partial.isEmpty
        case .none, .length, .chunked, .untilClose, .ended: true
        }
    }

    package var isEnded: Bool {
        if case .ended = phase { return true }
        return false
    }

    /// Whether the answer leaves its connection fit for another exchange (RFC 9112 §9.3).
    package private(set) var keepsConnection = false

    /// Trailer fields of a chunked answer, valid after ``Event/ended``.
    package var trailers: TrailerSection { chunks.trailers }

    /// Takes the next step at `offset`, which it moves on.
    package mutating func next(
        _ input: Span<UInt8>, from offset: inout Int
    ) throws(UpstreamFailure) -> Event {
        switch phase {
        case .head: return try readHead(input, from: &offset)
        case .none:
            phase = .ended
            return .ended
        case .length(let left):
            guard left > 0 else {
                phase = .ended
                return .ended
            }
            let count = Int(clamping: min(left, Int64(input.count - offset)))
            guard count > 0 else { return .needsMore }
            let range = offset..<offset + count
            offset += count
            phase = .length(left - Int64(count))
            return .body(range)
        case .chunked:
            do throws(WireError) {
                switch try chunks.next(input, from: offset) {
                case .data(let range):
                    offset = range.upperBound
                    return .body(range)
                case .needMore:
                    offset = input.count
                    return .needsMore
                case .end(let end):
                    offset = end
                    phase = .ended
                    return .ended
                }
            } catch {
                throw .answerMalformed(error)
            }
        case .untilClose:
            let range = offset..<input.count
            guard !range.isEmpty else { return .needsMore }
            offset = range.upperBound
            return .body(range)
        case .ended: return .ended
        }
    }

    private mutating func readHead(_ input: Span<UInt8>, from offset: inout Int) throws(UpstreamFailure) -> Event {
        guard offset < input.count else { return .needsMore }
        do throws(WireError) {
            if partial.isEmpty {
                let rest = input.extracting(offset..<input.count)
                guard let length = try scanner.scan(rest, limits: limits) else {
                    partial.append(copying: rest)
                    offset = input.count
                    return .needsMore
                }
                try head.parse(rest.extracting(0..<length), limits: limits)
                offset += length
            } else {
                var whole = partial
                partial = []
                let before = whole.count
                // No more than a head can have; the rest stays where it is.
                let taken = min(input.count - offset, max(limits.head + 4 - before, 0))
                whole.append(copying: input.extracting(offset..<offset + taken))
                guard let length = try scanner.scan(whole.span, limits: limits) else {
                    partial = whole
                    offset += taken
                    return .needsMore
                }
                try head.parse(whole.span.extracting(0..<length), limits: limits)
                offset += length - before
            }
            scanner.reset()
        } catch {
            throw .answerMalformed(error)
        }
        return try headRead()
    }

    private mutating func headRead() throws(UpstreamFailure) -> Event {
        guard head.status >= 200 else {
            // RFC 9110 §15.2.2: 101 answers an Upgrade, and none is ever sent upstream.
            guard head.status != 101 else { throw .protocolSwitched }
            interimCount += 1
            guard interimCount <= Self.interimLimit else { throw .tooManyInterimAnswers }
            return .interimHead
        }
        let framing: BodyFraming
        do throws(WireError) {
            framing = try BodyFraming.ofResponse(head, to: method)
            let options = try ConnectionOptions.of(head)
            keepsConnection = framing != .untilClose && options.keepAlive
        } catch {
            throw .answerMalformed(error)
        }
        switch framing {
        case .none: phase = .none
        case .length(let length): phase = .length(length)
        case .chunked:
            chunks.reset()
            phase = .chunked
        case .untilClose: phase = .untilClose
        }
        return .head(framing)
    }

    /// The connection ended properly. True where that ends the answer, false where it cuts it.
    package mutating func finish() -> Bool {
        switch phase {
        case .untilClose:
            phase = .ended
            return true
        case .none, .ended: return true
        case .length(let left): return left == 0
        case .head, .chunked: return false
        }
    }
}
