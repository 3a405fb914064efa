import Secrets

/// How a secret may be written inside another text: as it is, or in Base64 (RFC 4648 §4, §5) at each of the
/// three positions it can have in what was encoded.
///
/// Percent-encoding and JSON's escapes are no variants here: any byte of any variant may be written with
/// them, so the search undoes them where it compares (``EscapedByte``).
enum SecretEncodings {
    private static let standard = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let urlSafe = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// The secret itself, and those characters of its Base64 that do not depend on what surrounds it.
    static func variants(of secret: Secret) -> [Secret] {
        var variants = [secret]
        for bytesBefore in 0..<3 {
            let encoded = base64(secret, bytesBefore: bytesBefore, standard)
            let other = base64(secret, bytesBefore: bytesBefore, urlSafe)
            variants.append(encoded)
            // Most secrets have neither of the two characters in which the alphabets differ.
            if !encoded.matches(other) { variants.append(other) }
        }
        return variants
    }

    private static func base64(_ secret: Secret, bytesBefore: Int, _ alphabet: [UInt8]) -> Secret {
        // The first character that starts at or behind the secret's first bit, and the last that ends
        // before its end; both counted in bits from the beginning of what was encoded.
        let firstBit = bytesBefore &* 8
        let endBit = firstBit &+ secret.count &* 8
        var bit = (firstBit &+ 5) / 6 &* 6
        var characters: [UInt8] = []
        characters.reserveCapacity(secret.count &* 4 / 3 &+ 1)
        secret.withExposedBytes { bytes in
            while bit &+ 6 <= endBit {
                let offset = bit &- firstBit
                let high = UInt16(bytes[offset >> 3]) << 8
                let low = offset >> 3 &+ 1 < bytes.count ? UInt16(bytes[offset >> 3 &+ 1]) : 0
                characters.append(alphabet[Int((high | low) >> UInt16(10 &- offset & 7) & 0x3f)])
                bit &+= 6
            }
        }
        let encoded = Secret(copying: characters.span)
        wipe(&characters)
        return encoded
    }
}
