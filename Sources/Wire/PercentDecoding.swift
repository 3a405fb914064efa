/// Percent-decoding (RFC 3986 §2.1) of query and form data, where `+` is a space too.
package enum PercentDecoding {
    /// The decoded byte at `index`, which is moved past it. A `%` without two hexadecimal digits
    /// stands for itself, as lenient servers read it.
    @inlinable
    package static func next(in bytes: Span<UInt8>, at index: inout Int) -> UInt8 {
        let byte = bytes[index]
        index &+= 1
        if byte == UInt8(ascii: "+") { return 0x20 }
        guard byte == UInt8(ascii: "%"), index &+ 1 < bytes.count,
            let high = hexadecimal(bytes[index]), let low = hexadecimal(bytes[index &+ 1])
        else { return byte }
        index &+= 2
        return high << 4 | low
    }

    /// Whether the decoded bytes are `text`, ASCII letters of either case alike.
    package static func equalsIgnoringCase(_ encoded: Span<UInt8>, _ text: StaticString) -> Bool {
        var index = 0
        var matched = 0
        while index < encoded.count {
            guard matched < text.utf8CodeUnitCount,
                ByteComparison.lowercased(next(in: encoded, at: &index))
                    == ByteComparison.lowercased(text.byte(at: matched))
            else { return false }
            matched &+= 1
        }
        return matched == text.utf8CodeUnitCount
    }

    package static func appendDecoded(_ encoded: Span<UInt8>, to output: inout [UInt8]) {
        var index = 0
        while index < encoded.count { output.append(next(in: encoded, at: &index)) }
    }

    @inlinable
    static func hexadecimal(_ byte: UInt8) -> UInt8? {
        let digit = byte &- UInt8(ascii: "0")
        if digit <= 9 { return digit }
        let letter = (byte | 0x20) &- UInt8(ascii: "a")
        return letter < 6 ? letter &+ 10 : nil
    }
}
