/// Base 64 with the URL-safe alphabet and no padding, as JWTs want it (RFC 4648 §5, RFC 7515 §2).
enum Base64URL {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    static func encode(_ bytes: some Sequence<UInt8>) -> String {
        var text: [UInt8] = []
        var held: UInt32 = 0
        var bits = 0
        for byte in bytes {
            held = held << 8 | UInt32(byte)
            bits += 8
            while bits >= 6 {
                bits -= 6
                text.append(alphabet[Int(held >> UInt32(bits) & 63)])
            }
            held &= (1 << UInt32(bits)) &- 1
        }
        if bits > 0 { text.append(alphabet[Int(held << UInt32(6 - bits) & 63)]) }
        return String(decoding: text, as: UTF8.self)
    }
}

/// Base 64 with the standard alphabet, padding taken as it comes: for `Authorization: Basic`.
package enum Base64 {
    package static func decode(_ text: some Sequence<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        var held: UInt32 = 0
        var bits = 0
        for byte in text where byte != UInt8(ascii: "=") {
            let value: UInt8
            switch byte {
            case _ where isUpper(byte): value = byte &- UInt8(ascii: "A")
            case _ where isLower(byte): value = byte &- UInt8(ascii: "a") &+ 26
            case _ where isDigit(byte): value = byte &- UInt8(ascii: "0") &+ 52
            case UInt8(ascii: "+"): value = 62
            case UInt8(ascii: "/"): value = 63
            default: return nil
            }
            held = held << 6 | UInt32(value)
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: held >> UInt32(bits)))
                held &= (1 << UInt32(bits)) &- 1
            }
        }
        return bytes
    }
}
