/// A strict pull reader of one JSON text (RFC 8259) that is in memory whole.
///
/// It keeps no copy and no stack but one bit per level, so nesting costs no recursion and has a limit.
/// The same bytes must be passed to every call. UTF-8 is not checked: that is left to who takes text from it.
package struct JSONReader: Sendable {
    package enum Event: Equatable {
        case objectStart
        case objectEnd
        case arrayStart
        case arrayEnd
        /// A member's name, without quotes, escapes as they are.
        case name(Range<Int>)
        /// A string value, likewise.
        case string(Range<Int>)
        case number(Range<Int>)
        case boolean(Bool)
        case null
        /// The text is over, and whole.
        case end
    }

    private enum Expectation {
        case value
        case valueOrArrayEnd
        case nameOrObjectEnd
        case name
        case separatorOrEnd
        case end
    }

    private var position = 0
    private var expectation = Expectation.value
    /// How many objects and arrays are open.
    package private(set) var depth = 0
    private let depthLimit: Int
    /// One bit per level, the innermost lowest: whether it is an object.
    private var objects: UInt64 = 0

    /// The deepest nesting that can be asked for: a level is a bit.
    package static let deepest = 64

    /// - Parameter depthLimit: how many levels of objects and arrays may be open at a time.
    package init(depthLimit: Int = 32) {
        self.depthLimit = min(depthLimit, Self.deepest)
    }

    package mutating func next(_ bytes: Span<UInt8>) throws(JSONFault) -> Event {
        skipWhitespace(bytes)
        switch expectation {
        case .value: return try value(bytes)
        case .valueOrArrayEnd:
            if take(UInt8(ascii: "]"), bytes) { return leave() }
            return try value(bytes)
        case .nameOrObjectEnd:
            if take(UInt8(ascii: "}"), bytes) { return leave() }
            return try name(bytes)
        case .name: return try name(bytes)
        case .separatorOrEnd:
            let isObject = objects & 1 == 1
            if take(isObject ? UInt8(ascii: "}") : UInt8(ascii: "]"), bytes) { return leave() }
            guard take(UInt8(ascii: ","), bytes) else { throw .notJSON }
            skipWhitespace(bytes)
            return isObject ? try name(bytes) : try value(bytes)
        case .end:
            guard position == bytes.count else { throw .notJSON }
            return .end
        }
    }

    /// Reads on until the container just entered has ended.
    package mutating func skipContainer(_ bytes: Span<UInt8>) throws(JSONFault) {
        let outside = depth - 1
        while depth > outside { _ = try next(bytes) }
    }

    private mutating func value(_ bytes: Span<UInt8>) throws(JSONFault) -> Event {
        guard position < bytes.count else { throw .notJSON }
        switch bytes[position] {
        case UInt8(ascii: "{"): return try enter(object: true)
        case UInt8(ascii: "["): return try enter(object: false)
        case UInt8(ascii: "\""):
            let range = try string(bytes)
            valueEnded()
            return .string(range)
        case UInt8(ascii: "t"): return try literal("true", .boolean(true), bytes)
        case UInt8(ascii: "f"): return try literal("false", .boolean(false), bytes)
        case UInt8(ascii: "n"): return try literal("null", .null, bytes)
        default: return try number(bytes)
        }
    }

    private mutating func enter(object: Bool) throws(JSONFault) -> Event {
        guard depth < depthLimit else { throw .nestedTooDeep }
        position += 1
        depth += 1
        objects = objects << 1 | (object ? 1 : 0)
        expectation = object ? .nameOrObjectEnd : .valueOrArrayEnd
        return object ? .objectStart : .arrayStart
    }

    private mutating func leave() -> Event {
        let isObject = objects & 1 == 1
        depth -= 1
        objects >>= 1
        valueEnded()
        return isObject ? .objectEnd : .arrayEnd
    }

    private mutating func valueEnded() { expectation = depth == 0 ? .end : .separatorOrEnd }

    private mutating func name(_ bytes: Span<UInt8>) throws(JSONFault) -> Event {
        guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else { throw .notJSON }
        let range = try string(bytes)
        skipWhitespace(bytes)
        guard take(UInt8(ascii: ":"), bytes) else { throw .notJSON }
        expectation = .value
        return .name(range)
    }

    private mutating func string(_ bytes: Span<UInt8>) throws(JSONFault) -> Range<Int> {
        position += 1
        let start = position
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position += 1
                return start..<(position - 1)
            case UInt8(ascii: "\\"):
                position += try escapeLength(bytes)
            case 0x00..<0x20:
                throw .notJSON
            default:
                position += 1
            }
        }
        throw .notJSON
    }

    private func escapeLength(_ bytes: Span<UInt8>) throws(JSONFault) -> Int {
        guard position + 1 < bytes.count else { throw .notJSON }
        guard bytes[position + 1] == UInt8(ascii: "u") else {
            guard JSONString.simpleEscape(bytes[position + 1]) != nil else { throw .notJSON }
            return 2
        }
        guard JSONString.codeUnit(bytes, at: position + 2) != nil else { throw .notJSON }
        return 6
    }

    /// RFC 8259 §6: [ minus ] int [ frac ] [ exp ]
    private mutating func number(_ bytes: Span<UInt8>) throws(JSONFault) -> Event {
        let start = position
        _ = take(UInt8(ascii: "-"), bytes)
        if !take(UInt8(ascii: "0"), bytes) { try digits(bytes) }
        if take(UInt8(ascii: "."), bytes) { try digits(bytes) }
        if take(UInt8(ascii: "e"), bytes) || take(UInt8(ascii: "E"), bytes) {
            if !take(UInt8(ascii: "-"), bytes) { _ = take(UInt8(ascii: "+"), bytes) }
            try digits(bytes)
        }
        valueEnded()
        return .number(start..<position)
    }

    private mutating func digits(_ bytes: Span<UInt8>) throws(JSONFault) {
        let start = position
        while position < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) {
            position += 1
        }
        guard position > start else { throw .notJSON }
    }

    private mutating func literal(
        _ text: String, _ event: Event, _ bytes: Span<UInt8>
    ) throws(JSONFault) -> Event {
        for byte in text.utf8 {
            guard take(byte, bytes) else { throw .notJSON }
        }
        valueEnded()
        return event
    }

    private mutating func take(_ byte: UInt8, _ bytes: Span<UInt8>) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func skipWhitespace(_ bytes: Span<UInt8>) {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }
}
