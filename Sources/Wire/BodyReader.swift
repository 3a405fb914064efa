/// Takes the body of one message from a connection's bytes, whatever its framing.
package struct BodyReader: Sendable {
    package enum Step: Equatable, Sendable {
        /// A part of the body, in that range of the input.
        case data(Range<Int>)
        /// The input is used up and the body has not ended.
        case needsMore
        case ended
    }

    private enum State {
        case length(Int64)
        case chunked
        case untilClose
        case ended
    }

    private var state = State.ended
    private var chunks: ChunkedDecoder

    package init(chunkLimits: ChunkLimits = .standard) { chunks = ChunkedDecoder(limits: chunkLimits) }

    package mutating func begin(_ framing: BodyFraming) {
        // Those of the body before are nobody's any more.
        if chunks.hasTrailers { chunks.reset() }
        switch framing {
        case .none, .length(0): state = .ended
        case .length(let length): state = .length(length)
        case .chunked:
            chunks.reset()
            state = .chunked
        case .untilClose: state = .untilClose
        }
    }

    package var hasEnded: Bool {
        if case .ended = state { return true }
        return false
    }

    /// Whether a chunked body that has ended had any.
    package var hasTrailers: Bool { chunks.hasTrailers }

    /// The trailer section of a chunked body that has ended.
    package var trailers: TrailerSection { chunks.trailers }

    /// The next part in `input` from `offset` on, which is moved behind what was used.
    package mutating func next(_ input: Span<UInt8>, from offset: inout Int) throws(WireError) -> Step {
        switch state {
        case .length(let left):
            let count = Int(clamping: min(left, Int64(input.count &- offset)))
            guard count > 0 else { return .needsMore }
            let start = offset
            offset &+= count
            state = Int64(count) == left ? .ended : .length(left &- Int64(count))
            return .data(start..<offset)
        case .chunked:
            switch try chunks.next(input, from: offset) {
            case .data(let range):
                offset = range.upperBound
                return .data(range)
            case .needMore:
                offset = input.count
                return .needsMore
            case .end(let end):
                offset = end
                state = .ended
                return .ended
            }
        case .untilClose:
            guard offset < input.count else { return .needsMore }
            let start = offset
            offset = input.count
            return .data(start..<offset)
        case .ended: return .ended
        }
    }

    /// The connection ended properly. Whether that ends the body, instead of cutting it.
    package mutating func finish() -> Bool {
        switch state {
        case .untilClose:
            state = .ended
            return true
        case .ended: return true
        case .length, .chunked: return false
        }
    }
}
