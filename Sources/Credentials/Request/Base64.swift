/// Base64 (RFC 4648 §4) and base64url (§5).
package enum Base64 {
    package enum Alphabet: Equatable, Sendable {
        case standard
        case url
    }

    /// Appends `bytes` encoded, padded in the standard alphabet as HTTP authentication wants it.
    package static func append(_ bytes: Span<UInt8>, to output: inout [UInt8]) {
        encode(bytes, alphabet: .standard, to: &output)
        let rest = bytes.count % 3
        if rest > 0 { output.append(contentsOf: repeatElement(UInt8(ascii: "="), count: 3 - rest)) }
    }

    /// Appends the characters `bytes` shows as, whatever surrounds it, when `preceding` bytes (modulo 3) come
    /// before it: those that its neighbours have a part in are left out.
    static func append(_ bytes: Span<UInt8>, preceding: Int, alphabet: Alphabet, to output: inout [UInt8]) {
        let skipped = (3 - preceding) % 3
        guard bytes.count > skipped else { return }
        let whole = skipped + (bytes.count - skipped) / 3 * 3
        encode(bytes.extracting(skipped..<whole), alphabet: alphabet, to: &output)
    }

    /// Decodes base64url without padding, as a JSON Web Token's parts are written (RFC 7515 §2).
    package static func decodedURL(_ text: Span<UInt8>) -> [UInt8]? {
        guard text.count % 4 != 1 else { return nil }
        var output: [UInt8] = []
        output.reserveCapacity(text.count / 4 * 3 + 2)
        var accumulator: UInt32 = 0
        var bits = 0
        for index in text.indices {
            guard let value = value(ofURL: text[index]) else { return nil }
            accumulator = (accumulator << 6 | UInt32(value)) & 0xFFFF
            bits += 6
            if bits >= 8 {
                bits -= 8
                output.append(UInt8(truncatingIfNeeded: accumulator >> UInt32(bits)))
            }
        }
        return output
    }

    private static func encode(_ bytes: Span<UInt8>, alphabet: Alphabet, to output: inout [UInt8]) {
        var index = 0
        while index < bytes.count {
            let count = min(3, bytes.count - index)
            var group = UInt32(bytes[index]) << 16
            if count > 1 { group |= UInt32(bytes[index + 1]) << 8 }
            if count > 2 { group |= UInt32(bytes[index + 2]) }
            for position in 0...count {
                output.append(character(UInt8(group >> UInt32(18 - 6 * position) & 0x3F), alphabet))
            }
            index += 3
        }
    }

    private static func character(_ value: UInt8, _ alphabet: Alphabet) -> UInt8 {
        switch value {
        case 0..<26: UInt8(ascii: "A") + value
        case 26..<52: UInt8(ascii: "a") + (value - 26)
        case 52..<62: UInt8(ascii: "0") + (value - 52)
        case 62: alphabet == .url ? UInt8(ascii: "-") : UInt8(ascii: "+")
        default: alphabet == .url ? UInt8(ascii: "_") : UInt8(ascii: "/")
        }
    }

    private static func value(ofURL character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): character - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0") + 52
        case UInt8(ascii: "-"): 62
        case UInt8(ascii: "_"): 63
        default: nil
        }
    }
}
