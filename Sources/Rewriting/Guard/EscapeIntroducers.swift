internal import CVector

/// Finds where an escape may stand, many bytes at a time.
///
/// In a body of random bytes one byte in 128 is a `%` or a `\\`, and each costs the processor a wrong guess or two; so
/// those that no escape can begin with are passed over without one. Two searches by `memchr`, which begin anew behind
/// each find, took three times as long.
struct EscapeIntroducers: Sendable {
    /// Whether all escapes are looked for; else only those that can stand for a letter, a digit or one of most other
    /// characters that secrets are made of: `%` with `0` to `7`, `\\u` and `\\/`. Of random bytes one in 6,500 begins one
    /// of those, so that the processor hardly ever guesses wrong: 1 MiB takes 90 µs instead of 200.
    private let isForAll: Bool
    /// Whether to use registers of 32 bytes: the search of a head and 1 KiB of JSON takes 740 instructions instead of 1,190,
    /// that of 16 KiB of random bytes 1.0 % of the time of their request instead of 3.3.
    private let isWide: Bool

    /// Whether this processor has such registers.
    static let isWideHere = cartouche_has_avx2() != 0

    /// - Parameters:
    ///   - bytes: those that the escapes may stand for; others need not be found.
    ///   - isWide: only where ``isWideHere``.
    init(ofBytes bytes: ByteSet, isWide: Bool = isWideHere) {
        self.isWide = isWide
        let unusual: [UInt8] = [UInt8(ascii: "\""), UInt8(ascii: "\\"), 0x08, 0x09, 0x0a, 0x0c, 0x0d]
        isForAll = unusual.contains(where: bytes.contains) || (0x80...0xff).contains(where: bytes.contains)
    }

    /// Bit 0: the byte may follow a `\\`; bit 1: it may follow a `%`.
    private static let following: [UInt8] = (UInt8.min...UInt8.max).map { byte in
        let isAfterBackslash = byte == UInt8(ascii: "u") || simpleEscape(byte) != nil
        return (isAfterBackslash ? 1 : 0) | (byte.hexadecimalValue != nil ? 2 : 0)
    }

    private typealias Part = SIMD16<UInt8>
    private typealias Mask = SIMDMask<SIMD16<Int8>>

    private static let blockSize = 64
    /// So many blocks without an escape among those that hold a `%` or a `\\` show that the bytes are no text.
    private static let patience = 8

    /// Calls `body` with each index of a `%` or `\\` that begins an escape, or may begin one that the end cuts off; also
    /// with some that do not.
    @inline(__always)
    func forEach(in bytes: Span<UInt8>, _ body: (Int) -> Void) {
        let following = Self.following.span
        // The bit that the next byte must have.
        @inline(__always) func examineIntroducer(_ index: Int) {
            let wanted: UInt8 = 1 << (bytes[index] & 1)
            if index &+ 1 == bytes.count || following[Int(bytes[index &+ 1])] & wanted != 0 { body(index) }
        }
        @inline(__always) func examine(_ range: Range<Int>) {
            for index in range where bytes[index] == UInt8(ascii: "%") || bytes[index] == UInt8(ascii: "\\") {
                examineIntroducer(index)
            }
        }
        // Written out: comparing with one byte is compiled into sixteen comparisons.
        let (percents, backslashes) = (Part(repeating: UInt8(ascii: "%")), Part(repeating: UInt8(ascii: "\\")))
        let (zeros, eights) = (Part(repeating: UInt8(ascii: "0")), Part(repeating: 8))
        let (letters, slashes) = (Part(repeating: UInt8(ascii: "u")), Part(repeating: UInt8(ascii: "/")))
        var index = isWide ? skipWide(bytes, examineIntroducer) : 0
        var wrongGuesses = 0
        unsafe bytes.withUnsafeBytes { raw in
            // All bits of a byte that is one of the two, none of another.
            @inline(__always) func introducers(_ index: Int) -> Mask {
                let part = unsafe raw.loadUnaligned(fromByteOffset: index, as: Part.self)
                return (part .== percents) .| (part .== backslashes)
            }
            // The same of those that begin one of the usual escapes.
            @inline(__always) func pairs(_ index: Int) -> Mask {
                let part = unsafe raw.loadUnaligned(fromByteOffset: index, as: Part.self)
                let next = unsafe raw.loadUnaligned(fromByteOffset: index &+ 1, as: Part.self)
                let isDigit = next &- zeros .< eights
                let isLetter = (next .== letters) .| (next .== slashes)
                return ((part .== percents) .& isDigit) .| ((part .== backslashes) .& isLetter)
            }
            @inline(__always) func isAny(_ index: Int, _ mask: (Int) -> Mask) -> Bool {
                Self.isAny((mask(index) .| mask(index &+ 16)) .| (mask(index &+ 32) .| mask(index &+ 48)))
            }
            // Text first: few blocks hold one of the two.
            while index &+ Self.blockSize < raw.count, wrongGuesses < Self.patience {
                if isAny(index, introducers) {
                    if isForAll || isAny(index, pairs) {
                        examine(index..<index &+ Self.blockSize)
                    } else {
                        wrongGuesses &+= 1
                    }
                }
                index &+= Self.blockSize
            }
            while index &+ Self.blockSize < raw.count {
                if isAny(index, pairs) { examine(index..<index &+ Self.blockSize) }
                index &+= Self.blockSize
            }
            while index &+ 16 <= raw.count {
                if Self.isAny(introducers(index)) { examine(index..<index &+ 16) }
                index &+= 16
            }
        }
        examine(index..<bytes.count)
    }

    /// - Returns: where what is left begins, less than a block and one byte.
    @inline(__always)
    private func skipWide(_ bytes: Span<UInt8>, _ examine: (Int) -> Void) -> Int {
        var index = 0
        var patience = Int64(Self.patience)
        var found: UInt64 = 0
        while true {
            index = unsafe bytes.withUnsafeBufferPointer {
                // In bounds: it reads below `count` only.
                unsafe cartouche_find_escapes($0.baseAddress, index, $0.count, isForAll ? 1 : 0, &patience, &found)
            }
            guard found != 0 else { return index }
            while found != 0 {
                examine(index &+ found.trailingZeroBitCount)
                found &= found &- 1
            }
            index &+= Self.blockSize
        }
    }

    @inline(__always)
    private static func isAny(_ mask: Mask) -> Bool {
        let words = unsafe unsafeBitCast(mask, to: SIMD2<UInt64>.self)
        return words[0] | words[1] != 0
    }
}
