import Wire

/// The machine that reads one answer after another from a connection's bytes. It does no I/O.
///
///     awaiting ──interim head──▶ awaiting
///         │
///         └────final head──▶ body ──last byte──▶ ended ──begin(to:)──▶ awaiting
package struct ResponseReader {
    package enum Event: Equatable {
        /// All input was used; more is needed.
        case needsMore
        /// An interim head (1xx) is in ``head``.
        case interimHead
        /// The final head is in ``head``.
        case head(BodyFraming)
        /// A part of the body: this range of the input.
        case body(Range<Int>)
        /// The answer is complete.
        case ended
    }

    private enum Phase {
        case head
        case body
        case ended
        /// Nothing is read any more: what follows an error is no answer's.
        case refused(UpstreamFailure)
    }

    package private(set) var head = ResponseHead()
    /// What the final head's `Connection` says.
    package private(set) var connectionOptions = ConnectionOptions.none
    /// Whether the answer leaves its connection fit for another exchange (RFC 9112 §9.3).
    package private(set) var keepsConnection = false
    private var phase = Phase.ended
    private var method = Method.get
    private var assembler = HeadAssembler(.response)
    private var body = BodyReader()
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
        assembler.reset()
    }

    /// Whether a byte of an answer has come.
    package var hasBegun: Bool {
        switch phase {
        case .head: interimCount > 0 || assembler.hasBegun
        case .body, .ended, .refused: true
        }
    }

    /// Whether the final head has come and the body has not ended.
    package var isInBody: Bool {
        switch phase {
        case .body: true
        case .head, .ended, .refused: false
        }
    }

    /// Whether the last byte of the body was given.
    ///
    /// (Mutating, as three below: an object's reader would otherwise be copied, with six references.)
    package var isBodyComplete: Bool { mutating get { body.hasEnded } }

    /// Trailer fields of a chunked answer, after ``Event/ended``; nil where there are none.
    package mutating func takeTrailers() -> TrailerSection? {
        body.hasTrailers ? body.trailers : nil
    }

    /// The head, for as long as somebody looks at it.
    package mutating func lendHead() -> ResponseHead {
        var lent = ResponseHead()
        swap(&lent, &head)
        return lent
    }

    package mutating func giveBack(_ lent: consuming ResponseHead) { head = lent }

    /// Takes the next step at `offset`, which it moves on. After an error every further call throws that error.
    package mutating func next(_ input: Span<UInt8>, from offset: inout Int) throws(UpstreamFailure) -> Event {
        do {
            return try advance(input, from: &offset)
        } catch {
            phase = .refused(error)
            throw error
        }
    }

    private mutating func advance(_ input: Span<UInt8>, from offset: inout Int) throws(UpstreamFailure) -> Event {
        switch phase {
        case .head:
            guard try readHead(input, from: &offset) else { return .needsMore }
            return try headRead()
        case .body: return try readBody(input, from: &offset)
        case .ended: return .ended
        case .refused(let error): throw error
        }
    }

    private mutating func readHead(_ input: Span<UInt8>, from offset: inout Int) throws(UpstreamFailure) -> Bool {
        // Moved out and back: the assembler and the head cannot both be lent out of `self` at a time.
        var parsed = ResponseHead()
        swap(&parsed, &head)
        defer { swap(&parsed, &head) }
        let limits = limits
        do throws(WireError) {
            return try assembler.next(input, from: &offset, limits: limits) { bytes throws(WireError) in
                try parsed.parsePrefix(of: bytes, limits: limits)
            }
        } catch {
            throw .answerMalformed(error)
        }
    }

    private mutating func headRead() throws(UpstreamFailure) -> Event {
        guard head.status >= 200 else {
            // RFC 9110 §15.2.2: 101 answers an Upgrade, and none is ever sent upstream.
            guard head.status != 101 else { throw .protocolSwitched }
            interimCount += 1
            guard interimCount <= Self.interimLimit else { throw .tooManyInterimAnswers }
            return .interimHead
        }
        do throws(WireError) {
            let framing = try BodyFraming.ofResponse(head, to: method)
            connectionOptions = try ConnectionOptions.of(head)
            keepsConnection = framing != .untilClose && connectionOptions.keepAlive
            body.begin(framing)
            phase = .body
            return .head(framing)
        } catch {
            throw .answerMalformed(error)
        }
    }

    private mutating func readBody(_ input: Span<UInt8>, from offset: inout Int) throws(UpstreamFailure) -> Event {
        do throws(WireError) {
            switch try body.next(input, from: &offset) {
            case .data(let range): return .body(range)
            case .needsMore: return .needsMore
            case .ended:
                phase = .ended
                return .ended
            }
        } catch {
            throw .answerMalformed(error)
        }
    }

    /// The connection ended properly. True where that ends the answer, false where it cuts it.
    package mutating func finish() -> Bool {
        switch phase {
        case .head, .refused: return false
        case .body:
            guard body.finish() else { return false }
            phase = .ended
            return true
        case .ended: return true
        }
    }
}
