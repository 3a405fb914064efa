/// Reads the inside of a JSON string (RFC 8259 §7) byte by byte, undoing its escapes.
struct JSONStringReader {
    enum Event: Equatable {
        /// One character in ASCII, or one byte of another. An escaped character outside of ASCII is given as
        /// NUL: it is compared only with names and URLs that hold neither.
        case character(UInt8)
        /// Inside an escape.
        case pending
        /// The closing quotation mark.
        case ended
        case malformed
    }

    private enum Phase {
        case plain
        case escape
        case unicode(digits: UInt8, value: UInt16)
    }

    private var phase = Phase.plain

    mutating func next(_ byte: UInt8) -> Event {
        switch phase {
        case .plain:
            switch byte {
            case UInt8(ascii: "\""): return .ended
            case UInt8(ascii: "\\"):
                phase = .escape
                return .pending
            case 0..<0x20: return .malformed
            default: return .character(byte)
            }
        case .escape:
            if byte == UInt8(ascii: "u") {
                phase = .unicode(digits: 0, value: 0)
                return .pending
            }
            phase = .plain
            guard let character = simpleEscape(byte) else { return .malformed }
            return .character(character)
        case .unicode(let digits, let value):
            guard let digit = byte.hexadecimalValue else { return .malformed }
            let value = value << 4 | UInt16(digit)
            guard digits == 3 else {
                phase = .unicode(digits: digits &+ 1, value: value)
                return .pending
            }
            phase = .plain
            return .character(value < 0x80 ? UInt8(truncatingIfNeeded: value) : 0)
        }
    }
}

/// What the byte after a backslash stands for (RFC 8259 §7), but for `u`.
func simpleEscape(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): byte
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "f"): 0x0c
    case UInt8(ascii: "n"): 0x0a
    case UInt8(ascii: "r"): 0x0d
    case UInt8(ascii: "t"): 0x09
    default: nil
    }
}
