/// Finding bytes eight at a time: heads are mostly text, so most words need one look.
enum ByteSearch {
    private static let lowBits: UInt64 = 0x0101_0101_0101_0101
    private static let highBits: UInt64 = 0x8080_8080_8080_8080

    /// The first byte at or after `start` that is below 0x20 or is 0x7F; `end` if there is none.
    @inline(__always)
    static func firstControl(in bytes: Span<UInt8>, from start: Int, to end: Int) -> Int {
        var index = start
        while index &+ 8 <= end {
            let word = load(bytes, at: index)
            // A byte below 0x20 borrows into its high bit. The lowest byte flagged is exact (borrows
            // only travel upwards), and only the lowest is used.
            let below = (word &- 0x20 &* lowBits) & ~word
            let delete = word ^ (0x7F &* lowBits)
            let found = (below | ((delete &- lowBits) & ~delete)) & highBits
            if found != 0 { return index &+ (found.trailingZeroBitCount >> 3) }
            index &+= 8
        }
        while index < end {
            let byte = bytes[index]
            if byte < 0x20 || byte == 0x7F { return index }
            index &+= 1
        }
        return end
    }

    /// The first place of that byte at or after `start`; `end` if there is none.
    @inline(__always)
    static func first(_ byte: UInt8, in bytes: Span<UInt8>, from start: Int, to end: Int) -> Int {
        var index = start
        while index &+ 8 <= end {
            let difference = load(bytes, at: index) ^ (UInt64(byte) &* lowBits)
            // Of those flagged the lowest is exact, as above.
            let found = (difference &- lowBits) & ~difference & highBits
            if found != 0 { return index &+ (found.trailingZeroBitCount >> 3) }
            index &+= 8
        }
        while index < end, bytes[index] != byte { index &+= 1 }
        return index
    }

    /// Whether a CRLF stands at `index`.
    @inline(__always)
    static func isLineEnd(_ bytes: Span<UInt8>, at index: Int) -> Bool {
        index &+ 1 < bytes.count && bytes[index] == 0x0D && bytes[index &+ 1] == 0x0A
    }

    /// The eight bytes at `index`, the first of them lowest.
    @inline(__always)
    static func load(_ bytes: Span<UInt8>, at index: Int) -> UInt64 {
        // Bounds-checked; it is called unsafe because not every type may be made of any bits. UInt64 may.
        UInt64(littleEndian: unsafe bytes.bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
    }
}
