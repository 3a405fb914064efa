internal import COpenSSL
import Secrets

/// What is kept of a key: its SHA-256 (FIPS 180-4).
///
/// A fast hash is right here. A slow one makes up for secrets that people choose and machines can guess; nobody
/// guesses 200 random bits, so there is nothing to slow down, while a slow hash on each request would be a way to
/// keep the program busy.
package struct KeyDigest: Sendable {
    private let words: (UInt64, UInt64, UInt64, UInt64)

    package static let bytes = 32

    /// Nil where libcrypto fails, which it does not without being out of memory.
    package init?(of key: Span<UInt8>) {
        var digest = InlineArray<32, UInt8>(repeating: 0)
        var span = digest.mutableSpan
        let isDone = unsafe key.withUnsafeBufferPointer { key in
            unsafe span.withUnsafeMutableBufferPointer { output in
                unsafe EVP_Digest(key.baseAddress, key.count, output.baseAddress, nil, Self.algorithm.method, nil) == 1
            }
        }
        guard isDone else { return nil }
        words = Self.words(digest.span)
    }

    /// From the 64 hexadecimal digits of ``hexadecimal``.
    package init?(hexadecimal text: Span<UInt8>) {
        guard let bytes = Hexadecimal.bytes(text), bytes.count == Self.bytes else { return nil }
        words = Self.words(bytes.span)
    }

    package var hexadecimal: String {
        var text: [UInt8] = []
        for word in [words.0, words.1, words.2, words.3] {
            for shift: UInt64 in stride(from: 56, through: 0, by: -8) {
                Hexadecimal.append(UInt8(truncatingIfNeeded: word >> shift), to: &text)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The place to look for it. That a look-up's time may tell of it is no use to anybody: it says something of a
    /// hash, not of the key, which cannot be had from all of it.
    var bucket: UInt64 { words.0 }

    /// In the same time whatever the difference.
    package func equals(_ other: KeyDigest) -> Bool {
        let difference =
            (words.0 ^ other.words.0) | (words.1 ^ other.words.1) | (words.2 ^ other.words.2)
            | (words.3 ^ other.words.3)
        return difference == 0
    }

    private static func words(_ bytes: Span<UInt8>) -> (UInt64, UInt64, UInt64, UInt64) {
        (word(bytes, 0), word(bytes, 8), word(bytes, 16), word(bytes, 24))
    }

    private static func word(_ bytes: Span<UInt8>, _ start: Int) -> UInt64 {
        var word: UInt64 = 0
        for index in start..<(start + 8) { word = word << 8 | UInt64(bytes[index]) }
        return word
    }

    /// Fetched once: looking it up by name costs more than hashing a key.
    private static let algorithm = Algorithm()

    @safe
    private struct Algorithm: @unchecked Sendable {
        // Read only, and never freed.
        let method: OpaquePointer?

        init() { unsafe method = EVP_MD_fetch(nil, "SHA256", nil) }
    }
}

extension KeyDigest: Equatable {
    package static func == (one: KeyDigest, other: KeyDigest) -> Bool { one.equals(other) }
}
