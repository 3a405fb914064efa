/// Decimal numbers as HTTP writes lengths, ports and seconds: digits only.
package enum Decimal {
    /// `nil` unless all bytes are ASCII digits, one to nineteen of them, of a value below 2^63.
    package static func parse(_ bytes: Span<UInt8>) -> Int64? {
        // Nineteen digits hold every Int64; more can only be zeros in front or an overflow.
        guard bytes.count >= 1, bytes.count <= 19 else { return nil }
        var number: UInt64 = 0
        for index in bytes.indices {
            let digit = bytes[index] &- UInt8(ascii: "0")
            guard digit <= 9 else { return nil }
            // Below 10^19, which is below 2^64: this cannot wrap.
            number = number &* 10 &+ UInt64(digit)
        }
        return Int64(exactly: number)
    }
}
