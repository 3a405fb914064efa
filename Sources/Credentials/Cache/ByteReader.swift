/// Reads what ``ByteWriter`` wrote; nil where the bytes end too early.
struct ByteReader {
    private(set) var position = 0

    mutating func number(_ bytes: Span<UInt8>) -> UInt64? {
        guard bytes.count - position >= 8 else { return nil }
        var value: UInt64 = 0
        for offset in 0..<8 { value = value << 8 | UInt64(bytes[position + offset]) }
        position += 8
        return value
    }

    mutating func signedNumber(_ bytes: Span<UInt8>) -> Int64? { number(bytes).map(Int64.init(bitPattern:)) }

    mutating func counted(_ bytes: Span<UInt8>, atMost limit: Int) -> Range<Int>? {
        guard let count = number(bytes), count <= UInt64(limit), count <= UInt64(bytes.count - position) else {
            return nil
        }
        let range = position..<(position + Int(count))
        position = range.upperBound
        return range
    }
}
