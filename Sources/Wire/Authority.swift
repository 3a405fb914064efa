/// A host and an optional port (RFC 3986 §3.2 without user information), as in `Host` and in
/// absolute request targets. It says how the bytes read, not whether that host may be used.
package struct Authority: Equatable, Sendable {
    /// Without the port; an IPv6 address with its brackets.
    package var host: ByteSlice
    package var port: UInt16?

    /// `nil` for what is not exactly a non-empty host with an optional port of 1 to 65535. Stricter
    /// than the grammar: no percent-encoding, no empty port, no IPvFuture, no zone.
    package init?(_ bytes: Span<UInt8>, in range: Range<Int>) {
        guard let first = range.first else { return nil }
        var end = range.lowerBound
        if bytes[first] == UInt8(ascii: "[") {
            var colons = 0
            end &+= 1
            while end < range.upperBound, bytes[end] != UInt8(ascii: "]") {
                let byte = bytes[end]
                if byte == UInt8(ascii: ":") {
                    colons &+= 1
                } else if byte != UInt8(ascii: "."), ByteClass.of(byte) & ByteClass.hexDigit == 0 {
                    return nil
                }
                end &+= 1
            }
            guard end < range.upperBound, colons >= 2 else { return nil }
            end &+= 1
        } else {
            while end < range.upperBound, ByteClass.of(bytes[end]) & ByteClass.registeredName != 0 { end &+= 1 }
            guard end > range.lowerBound else { return nil }
        }
        host = ByteSlice(range.lowerBound..<end)
        guard end < range.upperBound else { return }

        guard bytes[end] == UInt8(ascii: ":") else { return nil }
        let digits = bytes.extracting((end &+ 1)..<range.upperBound)
        guard digits.count <= 5, let number = Decimal.parse(digits), number >= 1,
            let port = UInt16(exactly: number)
        else { return nil }
        self.port = port
    }
}
