import Wire

/// The machine that reads one request after another from a client's bytes. It does no I/O.
///
/// Its head goes into a value that the caller lends, so that an idle connection holds none.
package struct RequestReader {
    package enum Event: Equatable {
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
        /// Nothing is read any more: what follows an error is no request's.
        case refused(WireError)
    }

    private var phase = Phase.head
    private var assembler = HeadAssembler(.request)
    /// Only requests with a body have one: an idle connection stays small.
    private var body: BodyReader?

    package init() {}

    /// Whether part of a request's head has arrived.
    package private(set) var hasBegun = false

    /// Whether the request has been read to its end.
    package var isEnded: Bool {
        if case .ended = phase { return true }
        return false
    }

    package var trailers: TrailerSection? { body?.trailers }

    package mutating func beginNext() {
        phase = .head
        body = nil
    }

    /// After an error every further call throws that error.
    package mutating func next(
        _ input: Span<UInt8>, from offset: inout Int, head: inout RequestHead, limits: HeadLimits
    ) throws(WireError) -> Event {
        do {
            return try advance(input, from: &offset, head: &head, limits: limits)
        } catch {
            phase = .refused(error)
            throw error
        }
    }

    private mutating func advance(
        _ input: Span<UInt8>, from offset: inout Int, head: inout RequestHead, limits: HeadLimits
    ) throws(WireError) -> Event {
        switch phase {
        case .head:
            defer { hasBegun = assembler.hasBegun }
            let isComplete = try assembler.next(input, from: &offset, limits: limits) { bytes throws(WireError) in
                try head.parsePrefix(of: bytes, limits: limits)
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
        case .refused(let error): throw error
        }
    }
}
