/// A set of bytes.
struct ByteSet: Equatable, Sendable {
    private var words = InlineArray<4, UInt64>(repeating: 0)

    mutating func insert(_ byte: UInt8) {
        words[Int(byte >> 6)] |= 1 << UInt64(byte & 63)
    }

    @inline(__always)
    func contains(_ byte: UInt8) -> Bool {
        (words[Int(byte >> 6)] >> UInt64(byte & 63)) & 1 == 1
    }

    static func == (one: ByteSet, other: ByteSet) -> Bool {
        one.words.span.indices.allSatisfy { one.words[$0] == other.words[$0] }
    }
}
