/// Base32 in lower case, without padding (RFC 4648 §6).
enum Base32 {
    static func append(_ bytes: Span<UInt8>, to output: inout [UInt8]) {
        var accumulator: UInt32 = 0
        var bits: UInt32 = 0
        for index in bytes.indices {
            accumulator = (accumulator << 8 | UInt32(bytes[index])) & 0xFFF
            bits += 8
            while bits >= 5 {
                bits -= 5
                output.append(character(accumulator >> bits & 31))
            }
        }
        if bits > 0 { output.append(character(accumulator << (5 - bits) & 31)) }
    }

    static func value(of character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "a")...UInt8(ascii: "z"): character - UInt8(ascii: "a")
        case UInt8(ascii: "2")...UInt8(ascii: "7"): character - UInt8(ascii: "2") + 26
        default: nil
        }
    }

    private static func character(_ value: UInt32) -> UInt8 {
        let value = UInt8(truncatingIfNeeded: value)
        return value < 26 ? UInt8(ascii: "a") + value : UInt8(ascii: "2") + (value - 26)
    }
}
