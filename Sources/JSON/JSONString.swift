/// What a JSON string means (RFC 8259 §7).
package enum JSONString {
    /// The string with its escapes resolved; nil for half of a surrogate pair, which means nothing.
    package static func decoded(_ bytes: Span<UInt8>, _ range: Range<Int>) -> [UInt8]? {
        var output: [UInt8] = []
        output.reserveCapacity(range.count)
        var index = range.lowerBound
        while index < range.upperBound {
            guard bytes[index] == UInt8(ascii: "\\"), index + 1 < range.upperBound else {
                output.append(bytes[index])
                index += 1
                continue
            }
            if let byte = simpleEscape(bytes[index + 1]) {
                output.append(byte)
                index += 2
                continue
            }
            guard let (scalar, length) = scalar(bytes, at: index) else { return nil }
            output.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            index += length
        }
        return output
    }

    /// Whether the string means `text`.
    package static func equals(_ bytes: Span<UInt8>, _ range: Range<Int>, _ text: String) -> Bool {
        if range.contains(where: { bytes[$0] == UInt8(ascii: "\\") }) {
            return decoded(bytes, range).map { $0.elementsEqual(text.utf8) } ?? false
        }
        return range.count == text.utf8.count && zip(range, text.utf8).allSatisfy { bytes[$0] == $1 }
    }

    static func simpleEscape(_ letter: UInt8) -> UInt8? {
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): letter
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: nil
        }
    }

    /// The four hexadecimal digits at `start`.
    static func codeUnit(_ bytes: Span<UInt8>, at start: Int) -> UInt32? {
        guard start + 4 <= bytes.count else { return nil }
        var value: UInt32 = 0
        for index in start..<(start + 4) {
            let byte = bytes[index]
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt32(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt32(byte - UInt8(ascii: "a") + 10)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value << 4 | UInt32(byte - UInt8(ascii: "A") + 10)
            default: return nil
            }
        }
        return value
    }

    /// The character written as one `\u` escape, or two for a surrogate pair, at `index`.
    private static func scalar(_ bytes: Span<UInt8>, at index: Int) -> (Unicode.Scalar, length: Int)? {
        guard let first = codeUnit(bytes, at: index + 2) else { return nil }
        if let scalar = Unicode.Scalar(first) { return (scalar, 6) }
        guard (0xD800..<0xDC00).contains(first), index + 7 < bytes.count,
            bytes[index + 6] == UInt8(ascii: "\\"), bytes[index + 7] == UInt8(ascii: "u"),
            let second = codeUnit(bytes, at: index + 8), (0xDC00..<0xE000).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { return nil }
        return (scalar, 12)
    }
}
