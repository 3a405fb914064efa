import Wire

/// The machine that reads one request after another from a client's bytes. It does no I/O.
///
/// Its head goes into a value that the caller lends, so that an idle connection holds none.
struct RequestReader {
    enum Event: Equatable {
        case needsMore
        /// The lent head is complete; the body follows, framed so.
        case head(BodyFraming)
        case body(Range<Int>)
        case ended
    }

    private enum Phase {
        case head
        case body
        case ended
    }

    private var phase = Phase.head
    private var assembler = HeadAssembler(.request)
    /// Only requests with a body have one: an idle connection stays small.
    private var body: BodyReader?

    /// Whether part of a request's head has arrived.
    var hasBegun: Bool { assembler.hasBegun }

    /// Whether the request has been read to its end.
    var isEnded: Bool {
        if case .ended = phase { return true }
        return false
    }

    var trailers: TrailerSection? { body?.trailers }

    mutating func beginNext() {
        phase = .head
        body = nil
    }

    mutating func next(
        _ input: Span<UInt8>, from offset: inout Int, head: inout RequestHead, limits: HeadLimits
    ) throws(WireError) -> Event {
        switch phase {
        case .head:
            let isComplete = try assembler.next(input, from: &offset, limits: limits) { bytes throws(WireError) in
                try head.parse(bytes, limits: limits)
            }
            guard isComplete else { return .needsMore }
            let framing = try BodyFraming.ofRequest(head)
            switch framing {
            case .none, .length(0): phase = .ended
            case .length, .chunked, .untilClose:
                var reader = BodyReader()
                reader.begin(framing)
                body = reader
                phase = .body
            }
            return .head(framing)
        case .body:
            switch try body?.next(input, from: &offset) ?? .ended {
            case .data(let range): return .body(range)
            case .needsMore: return .needsMore
            case .ended:
                phase = .ended
                return .ended
            }
        case .ended: return .ended
        }
    }
}
