/// Big-endian numbers and counted byte strings.
enum ByteWriter {
    static func append(_ value: UInt64, to output: inout [UInt8]) {
        for shift in stride(from: 56, through: 0, by: -8) {
            output.append(UInt8(truncatingIfNeeded: value >> UInt64(shift)))
        }
    }

    static func append(_ value: Int64, to output: inout [UInt8]) { append(UInt64(bitPattern: value), to: &output) }

    static func append(counted bytes: Span<UInt8>, to output: inout [UInt8]) {
        append(UInt64(bytes.count), to: &output)
        for index in bytes.indices { output.append(bytes[index]) }
    }
}
