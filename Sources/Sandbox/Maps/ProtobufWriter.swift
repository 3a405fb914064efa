/// Writes the wire format of Protocol Buffers.
struct ProtobufWriter {
    private(set) var bytes: [UInt8] = []

    mutating func varint(_ value: UInt64) {
        var rest = value
        while rest > 0x7F {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func varint(_ value: UInt64, field: UInt64) {
        varint(field << 3)
        varint(value)
    }

    mutating func double(_ value: Double, field: UInt64) {
        varint(field << 3 | 1)
        for shift in stride(from: UInt64(0), to: 64, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value.bitPattern >> shift))
        }
    }

    mutating func delimited(_ content: some Collection<UInt8>, field: UInt64) {
        varint(field << 3 | 2)
        varint(UInt64(content.count))
        bytes += content
    }

    mutating func packed(_ values: [UInt32], field: UInt64) {
        var content = ProtobufWriter()
        for value in values { content.varint(UInt64(value)) }
        delimited(content.bytes, field: field)
    }

    /// Small numbers of either sign to small numbers without one.
    static func zigzag(_ value: Int32) -> UInt32 {
        UInt32(bitPattern: value << 1 ^ value >> 31)
    }
}
