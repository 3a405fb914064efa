/// Writes texts as YAML double-quoted scalars, which can hold any of them (YAML 1.2 §7.3.1).
enum YAMLText {
    static func append(_ text: Span<UInt8>, to bytes: inout [UInt8]) {
        bytes.append(0x22)
        for index in text.indices {
            let byte = text[index]
            switch byte {
            case 0x22, 0x5C: bytes += [0x5C, byte]
            case 0..<0x20, 0x7F: bytes += [0x5C, 0x78, digit(byte >> 4), digit(byte & 0xF)]
            default: bytes.append(byte)
            }
        }
        bytes.append(0x22)
    }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x61 + value - 10 }
}
