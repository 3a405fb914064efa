internal import COpenSSL
import Secrets
import Wire

/// A client's key as it is written: `cartouche_`, 40 characters that hold 200 random bits, 7 that check the rest.
///
/// - The prefix is what people and the scanners of code hosts know it by.
/// - The alphabet is base32's in lower case (RFC 4648 §6): no two characters look alike, a double click takes all of
///   it, and it needs no escape in a URL, a shell or JSON.
/// - The check is a CRC-32, so that a key that was cut or mistyped is told from one that was revoked. It proves
///   nothing: whoever makes a key up can make up its check.
package enum KeyText {
    package static let prefix: StaticString = "cartouche_"
    static let randomBytes = 25
    static let randomCharacters = 40
    static let checkCharacters = 7
    package static let length = 10 + randomCharacters + checkCharacters

    /// A new one. Nil where libcrypto has no random numbers.
    package static func generate() -> Secret? {
        var random = [UInt8](repeating: 0, count: randomBytes)
        defer { wipe(&random) }
        let isRandom = unsafe random.withUnsafeMutableBufferPointer { buffer in
            unsafe RAND_bytes(buffer.baseAddress, Int32(truncatingIfNeeded: buffer.count)) == 1
        }
        guard isRandom else { return nil }
        return make(from: random.span)
    }

    /// The key made of these random bytes.
    static func make(from random: Span<UInt8>) -> Secret {
        var text: [UInt8] = []
        text.reserveCapacity(length)
        defer { wipe(&text) }
        text.append(prefix)
        Base32.append(random, to: &text)
        let check = CyclicRedundancyCheck.of(text.span)
        var bytes: [UInt8] = []
        for shift: UInt32 in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: check >> shift)) }
        Base32.append(bytes.span, to: &text)
        return Secret(copying: text.span)
    }

    /// Whether it is meant for a key of this program: what else may stand in `Authorization` is not looked at.
    package static func isMeant(_ bytes: Span<UInt8>) -> Bool { ByteComparison.hasPrefix(bytes, prefix) }

    /// Whether it was typed right.
    package static func isWellFormed(_ bytes: Span<UInt8>) -> Bool {
        guard bytes.count == length, isMeant(bytes) else { return false }
        let checked = length - checkCharacters
        for index in prefix.utf8CodeUnitCount..<length where Base32.value(of: bytes[index]) == nil { return false }
        // Seven characters of five bits: the last one's lowest three are no part of it.
        var found: UInt64 = 0
        for index in checked..<length { found = found << 5 | UInt64(Base32.value(of: bytes[index]) ?? 0) }
        return found == UInt64(CyclicRedundancyCheck.of(bytes.extracting(0..<checked))) << 3
    }
}
