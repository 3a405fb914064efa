/// `application/x-www-form-urlencoded` (RFC 6749 Appendix B).
package enum FormEncoding {
    /// What stands for a space.
    package enum Space: Sendable {
        case plus
        /// `%20`: read alike by whoever decodes forms and by whoever only decodes percent signs.
        case percent
    }

    /// Appends a name or value encoded. At most three bytes come of each.
    package static func append(_ bytes: Span<UInt8>, space: Space = .plus, to output: inout [UInt8]) {
        for index in bytes.indices {
            let byte = bytes[index]
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "*"):
                output.append(byte)
            case UInt8(ascii: " ") where space == .plus:
                output.append(UInt8(ascii: "+"))
            default:
                output.append(UInt8(ascii: "%"))
                output.append(hexDigit(byte >> 4))
                output.append(hexDigit(byte & 0xF))
            }
        }
    }

    static func append(_ text: String, space: Space = .plus, to output: inout [UInt8]) {
        append(Array(text.utf8).span, space: space, to: &output)
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + (value - 10)
    }
}
