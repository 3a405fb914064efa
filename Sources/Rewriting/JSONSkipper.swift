/// Passes over values that need no look: finds the end of a string, or of an object or array with all that
/// it holds. It works across any split of the input, in constant memory.
struct JSONSkipper {
    /// How deep a skipped value may nest. The documents nest less than ten deep.
    static let depthLimit = 512

    enum Outcome: Equatable {
        /// The value ended before this index.
        case ended(Int)
        /// The input ended first.
        case unfinished
        /// Brackets do not pair, or nest beyond the limit.
        case malformed
    }

    private(set) var depth = 0
    // One bit for each open bracket: set for an object's.
    private var objects = InlineArray<8, UInt64>(repeating: 0)
    private var insideString = false
    // The byte before the input was a backslash that escapes the input's first.
    private var escaped = false

    mutating func reset() {
        depth = 0
        insideString = false
        escaped = false
    }

    /// Begins at a bracket that has been read.
    mutating func enter(object: Bool) -> Bool {
        guard depth < Self.depthLimit else { return false }
        let bit: UInt64 = 1 << UInt64(depth & 63)
        if object { objects[depth >> 6] |= bit } else { objects[depth >> 6] &= ~bit }
        depth &+= 1
        return true
    }

    private mutating func leave(object: Bool) -> Bool {
        guard depth > 0 else { return false }
        depth &-= 1
        return (objects[depth >> 6] >> UInt64(depth & 63)) & 1 == (object ? 1 : 0)
    }

    /// Goes on inside the containers entered, to the end of the outermost.
    mutating func skipContainer(_ input: Span<UInt8>, from start: Int) -> Outcome {
        var index = start
        if insideString {
            guard case .ended(let end) = skipString(input, from: index) else { return .unfinished }
            insideString = false
            index = end
        }
        while index < input.count {
            let byte = input[index]
            index &+= 1
            if byte == UInt8(ascii: "\"") {
                guard case .ended(let end) = skipString(input, from: index) else {
                    insideString = true
                    return .unfinished
                }
                index = end
                continue
            }
            // One comparison for either kind: 0x5b and 0x7b open, 0x5d and 0x7d close.
            switch byte | 0x20 {
            case 0x7b:
                guard enter(object: byte == 0x7b) else { return .malformed }
            case 0x7d:
                guard leave(object: byte == 0x7d) else { return .malformed }
                if depth == 0 { return .ended(index) }
            default:
                break
            }
        }
        return .unfinished
    }

    /// Goes on inside a string, to behind its closing quotation mark.
    mutating func skipString(_ input: Span<UInt8>, from start: Int) -> Outcome {
        guard start < input.count else { return .unfinished }
        var from = start
        if escaped {
            escaped = false
            from &+= 1
        }
        let first = from
        while let quote = firstIndex(of: UInt8(ascii: "\""), in: input, from: from) {
            if !isEscaped(input, quote, from: first) { return .ended(quote &+ 1) }
            from = quote &+ 1
        }
        escaped = isEscaped(input, input.count, from: first)
        return .unfinished
    }

    // An odd number of backslashes stands before. Each is counted once: the run ends at the quote before.
    private func isEscaped(_ input: Span<UInt8>, _ index: Int, from first: Int) -> Bool {
        var before = index
        while before > first, input[before &- 1] == UInt8(ascii: "\\") { before &-= 1 }
        return (index &- before) & 1 == 1
    }
}
