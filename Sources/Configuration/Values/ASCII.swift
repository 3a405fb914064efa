/// Byte predicates for the small grammars of this module. Bytes, not characters: `Character` compares by
/// Unicode's canonical equivalence, which no protocol grammar means.
enum ASCII {
    static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

    static func isLetter(_ byte: UInt8) -> Bool {
        let lower = byte | 0x20
        return lower >= 0x61 && lower <= 0x7A
    }

    static func isAlphanumeric(_ byte: UInt8) -> Bool { isDigit(byte) || isLetter(byte) }

    /// Visible characters: no space, no control, nothing above ASCII.
    static func isVisible(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x7F }

    /// RFC 9110 §5.6.2 `tchar`.
    static func isTokenCharacter(_ byte: UInt8) -> Bool {
        isAlphanumeric(byte) || "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }

    static func lowercased(_ byte: UInt8) -> UInt8 { byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte }

    static func hexadecimalValue(_ byte: UInt8) -> UInt8? {
        if isDigit(byte) { return byte &- 0x30 }
        let lower = byte | 0x20
        return lower >= 0x61 && lower <= 0x66 ? lower &- 0x61 &+ 10 : nil
    }

    /// A decimal number without sign or spaces that does not exceed `limit`; leading zeros are no number here.
    static func decimal(_ digits: some Collection<UInt8>, limit: Int) -> Int? {
        guard let first = digits.first, digits.allSatisfy(isDigit) else { return nil }
        guard first != 0x30 || digits.count == 1 else { return nil }
        var value = 0
        for digit in digits {
            let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
            guard !overflow else { return nil }
            let (sum, carried) = tens.addingReportingOverflow(Int(digit &- 0x30))
            guard !carried, sum <= limit else { return nil }
            value = sum
        }
        return value
    }
}
