/// CRC-32 as Ethernet and gzip compute it (RFC 1952 §8), four bits at a time.
enum CyclicRedundancyCheck {
    static func of(_ bytes: Span<UInt8>) -> UInt32 {
        var state: UInt32 = 0xFFFF_FFFF
        for index in bytes.indices {
            state ^= UInt32(bytes[index])
            state = state >> 4 ^ table[Int(state & 15)]
            state = state >> 4 ^ table[Int(state & 15)]
        }
        return ~state
    }

    private static let table: [UInt32] = (0..<16).map { value in
        (0..<4).reduce(UInt32(value)) { state, _ in state & 1 == 1 ? state >> 1 ^ 0xEDB8_8320 : state >> 1 }
    }
}
