/// Finds where an escape may stand, many bytes at a time.
///
/// In a body of random bytes one byte in 128 is a `%` or a `\\`, and each costs the processor a wrong guess or two; so
/// those that no escape can begin with are passed over without one. Two searches by `memchr`, which begin anew behind
/// each find, took three times as long.
enum EscapeIntroducers {
    /// Bit 0: the byte may follow a `\\`; bit 1: it may follow a `%`.
    private static let following: [UInt8] = (UInt8.min...UInt8.max).map { byte in
        let isAfterBackslash = byte == UInt8(ascii: "u") || simpleEscape(byte) != nil
        return (isAfterBackslash ? 1 : 0) | (byte.hexadecimalValue != nil ? 2 : 0)
    }

    /// Calls `body` with each index of a `%` or `\\` that begins an escape, or may begin one that the end cuts off; also
    /// with some that do not.
    @inline(__always)
    static func forEach(in bytes: Span<UInt8>, _ body: (Int) -> Void) {
        let following = following.span
        // The bit that the next byte must have.
        @inline(__always) func examine(_ index: Int) {
            let wanted: UInt8 = 1 << (bytes[index] & 1)
            if index &+ 1 == bytes.count || following[Int(bytes[index &+ 1])] & wanted != 0 { body(index) }
        }
        @inline(__always) func examine(_ word: UInt64, _ start: Int) {
            var word = UInt64(littleEndian: word)
            while word != 0 {
                let place = word.trailingZeroBitCount & 0x38
                word &= ~(0xff << UInt64(place))
                examine(start &+ place >> 3)
            }
        }
        // Written out: comparing with one byte is compiled into thirty-two comparisons.
        let percents = SIMD32<UInt8>(repeating: UInt8(ascii: "%"))
        let backslashes = SIMD32<UInt8>(repeating: UInt8(ascii: "\\"))
        var index = 0
        unsafe bytes.withUnsafeBytes { raw in
            while index &+ 32 <= raw.count {
                let part = unsafe raw.loadUnaligned(fromByteOffset: index, as: SIMD32<UInt8>.self)
                // All bits of a byte that is one of the two, none of another.
                let mask = (part .== percents) .| (part .== backslashes)
                let words = unsafe unsafeBitCast(mask, to: SIMD4<UInt64>.self)
                if (words[0] | words[1]) | (words[2] | words[3]) != 0 {
                    examine(words[0], index)
                    examine(words[1], index &+ 8)
                    examine(words[2], index &+ 16)
                    examine(words[3], index &+ 24)
                }
                index &+= 32
            }
        }
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%") || bytes[index] == UInt8(ascii: "\\") { examine(index) }
            index &+= 1
        }
    }
}
