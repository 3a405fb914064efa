/// Takes a chunked body apart (RFC 9112 §7.1) without copying its data.
///
/// A state machine over bytes: whatever the bytes arrive in, the data, the end and the error are the
/// same. It accepts what the grammar allows minus the whitespace around extensions, which the RFC
/// calls bad and which servers have disagreed about.
package struct ChunkedDecoder: Sendable {
    package enum Step: Equatable, Sendable {
        /// Data of the body, in that range of the input. Go on from its upper bound.
        case data(Range<Int>)
        /// The input is used up and the body has not ended.
        case needMore
        /// The body has ended; what follows it begins there in the input.
        case end(at: Int)
    }

    private enum State: Equatable {
        case size(value: UInt64, digits: Int)
        case extensions(size: Int64, ChunkExtensions)
        case sizeLineFeed(size: Int64)
        case data(remaining: Int64)
        case dataCarriageReturn
        case dataLineFeed
        case trailers
        case ended
        case refused(WireError)
    }

    private var state = State.size(value: 0, digits: 0)
    private let limits: ChunkLimits
    private var extensionBytes = 0
    private var trailerBytes = 0
    /// The part of a trailer line that earlier input held.
    private var partialLine: [UInt8] = []

    /// The trailer fields; complete when ``Step/end(at:)`` was returned.
    package private(set) var trailers = TrailerSection()

    /// Whether there are any; to look at them themselves copies them.
    package var hasTrailers: Bool { !trailers.lines.isEmpty }

    package init(limits: ChunkLimits = .standard) {
        self.limits = limits
    }

    /// Whether the body has ended, trailers included. A peer that stops earlier has cut it.
    package var hasEnded: Bool { state == .ended }

    /// Prepares for another body.
    package mutating func reset() {
        state = .size(value: 0, digits: 0)
        extensionBytes = 0
        trailerBytes = 0
        partialLine.removeAll(keepingCapacity: true)
        trailers.removeAll()
    }

    /// The next event in `input`, beginning at `offset`. After an error every further call throws it.
    package mutating func next(_ input: Span<UInt8>, from offset: Int) throws(WireError) -> Step {
        do {
            return try advance(input, from: offset)
        } catch {
            state = .refused(error)
            throw error
        }
    }

    private mutating func advance(_ input: Span<UInt8>, from offset: Int) throws(WireError) -> Step {
        var index = offset
        while index < input.count {
            switch state {
            case .size(let value, let digits):
                try takeSizeByte(input[index], value: value, digits: digits)
                index &+= 1
            case .extensions(let size, var extensions):
                try takeExtensionByte(input[index], size: size, &extensions)
                index &+= 1
            case .sizeLineFeed(let size):
                guard input[index] == 0x0A else { throw .bareCarriageReturn }
                state = size == 0 ? .trailers : .data(remaining: size)
                index &+= 1
            case .data(let remaining):
                let count = min(remaining, Int64(input.count &- index))
                state = count == remaining ? .dataCarriageReturn : .data(remaining: remaining &- count)
                return .data(index..<(index &+ Int(count)))
            case .dataCarriageReturn:
                guard input[index] == 0x0D else { throw .missingChunkEnd }
                state = .dataLineFeed
                index &+= 1
            case .dataLineFeed:
                guard input[index] == 0x0A else { throw .missingChunkEnd }
                state = .size(value: 0, digits: 0)
                index &+= 1
            case .trailers:
                guard let end = try takeTrailers(input, from: index) else { return .needMore }
                state = .ended
                return .end(at: end)
            case .ended: return .end(at: index)
            case .refused(let error): throw error
            }
        }
        if case .refused(let error) = state { throw error }
        return state == .ended ? .end(at: index) : .needMore
    }

    /// RFC 9112 §7.1: `chunk-size = 1*HEXDIG`.
    private mutating func takeSizeByte(_ byte: UInt8, value: UInt64, digits: Int) throws(WireError) {
        if let digit = hexadecimalValue(byte) {
            // Sixteen digits fit 64 bits, so nothing is shifted out.
            guard digits < 16 else { throw .chunkSizeTooLarge }
            state = .size(value: value << 4 | UInt64(digit), digits: digits &+ 1)
            return
        }
        guard digits > 0 else { throw .invalidChunkSize }
        guard let size = Int64(exactly: value) else { throw .chunkSizeTooLarge }
        switch byte {
        case 0x0D: state = .sizeLineFeed(size: size)
        case UInt8(ascii: ";"):
            try countExtensionByte(inChunk: 0)
            state = .extensions(size: size, ChunkExtensions())
        case 0x0A: throw .bareLineFeed
        default: throw .invalidChunkSize
        }
    }

    private mutating func takeExtensionByte(
        _ byte: UInt8, size: Int64, _ extensions: inout ChunkExtensions
    ) throws(WireError) {
        if byte == 0x0D, extensions.mayEnd {
            state = .sizeLineFeed(size: size)
            return
        }
        try extensions.take(byte)
        try countExtensionByte(inChunk: extensions.count)
        state = .extensions(size: size, extensions)
    }

    private mutating func countExtensionByte(inChunk count: Int) throws(WireError) {
        extensionBytes &+= 1
        guard count < limits.extensionPerChunk, extensionBytes <= limits.extensionsInTotal else {
            throw .chunkExtensionTooLong
        }
    }

    /// Takes trailer lines up to the empty line; where the input goes on behind it, or `nil`.
    private mutating func takeTrailers(_ input: Span<UInt8>, from start: Int) throws(WireError) -> Int? {
        var index = start
        var lineStart = start
        while index < input.count {
            let byte = input[index]
            trailerBytes &+= 1
            guard trailerBytes <= limits.trailers else { throw .trailersTooLarge }
            let previous = index > lineStart ? input[index &- 1] : partialLine.last
            if previous == 0x0D, byte != 0x0A { throw .bareCarriageReturn }
            index &+= 1
            guard byte == 0x0A else { continue }
            guard previous == 0x0D else { throw .bareLineFeed }
            partialLine.append(copying: input.extracting(lineStart..<index))
            lineStart = index
            if partialLine.count == 2 { return index }
            try trailers.append(partialLine, limits: limits)
            partialLine.removeAll(keepingCapacity: true)
        }
        partialLine.append(copying: input.extracting(lineStart..<index))
        return nil
    }
}

@inline(__always)
private func hexadecimalValue(_ byte: UInt8) -> UInt8? {
    let digit = byte &- UInt8(ascii: "0")
    if digit <= 9 { return digit }
    let letter = (byte | 0x20) &- UInt8(ascii: "a")
    return letter < 6 ? letter &+ 10 : nil
}
