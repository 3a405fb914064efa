import Rewriting
import Secrets

/// The secret that no output may hold, and the ways to look for it and to plant it.
enum Guarded {
    static let secret = Array("Zk3vT9qLw8Xy2RbN6mPcJ4hD1sFgUaEo".utf8)
    static let patterns = GuardPatterns([Secret(text(secret))])

    /// The secret in the spellings that a document could have it in.
    static func spellings(_ draw: inout Draw) -> [UInt8] {
        let before = draw.below(3)
        let plain = draw.chance(2) ? secret : base64(Array("abc".utf8.prefix(before)) + secret)
        switch draw.below(3) {
        case 0: return plain
        case 1:
            return plain.flatMap { byte in
                draw.chance(3) ? Array("\\u00\(hexadecimal(byte))".utf8) : [byte]
            }
        default: return plain.flatMap { byte in draw.chance(3) ? Array("%\(hexadecimal(byte))".utf8) : [byte] }
        }
    }

    /// Whether the secret can be read in `bytes` as they are, or with one layer of escapes undone.
    static func canBeRead(in bytes: [UInt8]) -> Bool {
        let forms =
            [secret]
            + (0..<3).map { before in
                // The characters that depend on nothing but the secret.
                Array(
                    base64(Array(repeating: 0, count: before) + secret).dropFirst(before == 0 ? 0 : before + 1)
                        .dropLast(4))
            }
        return [bytes, withoutJSONEscapes(bytes), withoutPercentEscapes(bytes)].contains { text in
            forms.contains { holds(text, $0) }
        }
    }

    static func holds(_ text: [UInt8], _ wanted: [UInt8]) -> Bool {
        guard text.count >= wanted.count, let first = wanted.first else { return false }
        var from = 0
        while let start = text[from...].firstIndex(of: first), start + wanted.count <= text.count {
            if text[start..<start + wanted.count].elementsEqual(wanted) { return true }
            from = start + 1
        }
        return false
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16)
        return digits.count == 1 ? "0" + digits : digits
    }

    private static func value(_ digits: ArraySlice<UInt8>) -> UInt8? {
        guard digits.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }) else { return nil }
        return UInt8(text(digits), radix: 16)
    }

    private static func withoutPercentEscapes(_ bytes: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
                let byte = value(bytes[index + 1...index + 2])
            {
                output.append(byte)
                index += 3
            } else {
                output.append(bytes[index])
                index += 1
            }
        }
        return output
    }

    private static func withoutJSONEscapes(_ bytes: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        var index = 0
        while index < bytes.count {
            guard bytes[index] == UInt8(ascii: "\\"), index + 1 < bytes.count else {
                output.append(bytes[index])
                index += 1
                continue
            }
            if bytes[index + 1] == UInt8(ascii: "u"), index + 5 < bytes.count,
                bytes[index + 2...index + 3].elementsEqual("00".utf8), let byte = value(bytes[index + 4...index + 5])
            {
                output.append(byte)
                index += 6
            } else {
                // Others than these stand for no byte of the secret, or for none at all.
                if !#""\/"#.utf8.contains(bytes[index + 1]) { output.append(bytes[index]) }
                output.append(bytes[index + 1])
                index += 2
            }
        }
        return output
    }

    private static func base64(_ bytes: [UInt8]) -> [UInt8] {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var output: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = (0..<3).reduce(0) { $0 << 8 | ($1 < group.count ? Int(group[start + $1]) : 0) }
            for place in 0...group.count { output.append(alphabet[bits >> (18 - 6 * place) & 63]) }
        }
        return output
    }
}
