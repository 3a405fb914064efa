/// What stands at a place that may hold an escape: percent-encoding (RFC 3986 §2.1) or one of JSON's
/// (RFC 8259 §7). Only ASCII is of interest; secrets consist of it.
enum EscapedByte: Equatable {
    /// No escape: the byte stands for itself.
    case plain
    /// An escape of this many bytes, for this byte.
    case escape(UInt8, count: Int)
    /// What may become an escape, cut off by the end of the bytes.
    case cut

    /// Undoes what stands at `index`, which is within the bytes.
    @inline(__always)
    init(_ bytes: Span<UInt8>, at index: Int) {
        switch bytes[index] {
        case UInt8(ascii: "%"): self = Self.hexadecimal(bytes, from: index &+ 1, digits: 2, count: 3)
        case UInt8(ascii: "\\"): self = Self.backslash(bytes, index)
        default: self = .plain
        }
    }

    private static func backslash(_ bytes: Span<UInt8>, _ index: Int) -> EscapedByte {
        guard index &+ 1 < bytes.count else { return .cut }
        let byte = bytes[index &+ 1]
        if byte == UInt8(ascii: "u") { return hexadecimal(bytes, from: index &+ 2, digits: 4, count: 6) }
        return simpleEscape(byte).map { .escape($0, count: 2) } ?? .plain
    }

    private static func hexadecimal(_ bytes: Span<UInt8>, from start: Int, digits: Int, count: Int) -> EscapedByte {
        var value: UInt16 = 0
        for index in start..<start &+ digits {
            guard index < bytes.count else { return .cut }
            guard let digit = bytes[index].hexadecimalValue else { return .plain }
            value = value << 4 | UInt16(digit)
        }
        return value <= 0xff ? .escape(UInt8(truncatingIfNeeded: value), count: count) : .plain
    }
}
