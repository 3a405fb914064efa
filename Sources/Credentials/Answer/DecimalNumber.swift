import JSON

/// Numbers of others, read without trapping whatever they claim.
enum DecimalNumber {
    /// The integer part of a JSON number. What exceeds `Int64` is its end on that side: `1e308` is very long,
    /// not wrong, and converting through `Double` would trap on it.
    static func integerPart(_ bytes: Span<UInt8>) -> Int64 {
        var index = 0
        let isNegative = !bytes.isEmpty && bytes[0] == UInt8(ascii: "-")
        if isNegative { index = 1 }

        var exponent = 0
        var mantissaEnd = bytes.count
        for place in index..<bytes.count where bytes[place] | 0x20 == UInt8(ascii: "e") {
            mantissaEnd = place
            exponent = Self.exponent(bytes.extracting((place + 1)..<bytes.count))
            break
        }

        var pointsBefore = mantissaEnd - index
        for place in index..<mantissaEnd where bytes[place] == UInt8(ascii: ".") { pointsBefore = place - index }
        // Counted from the first digit: how many digits stand before the decimal point once it has moved.
        let whole = pointsBefore + exponent

        var value: Int64 = 0
        var taken = 0
        while index < mantissaEnd, taken < whole {
            let byte = bytes[index]
            index += 1
            guard byte != UInt8(ascii: ".") else { continue }
            guard append(Int64(byte & 0xF), to: &value) else { return isNegative ? .min : .max }
            taken += 1
        }
        while taken < whole, value != 0 {
            guard append(0, to: &value) else { return isNegative ? .min : .max }
            taken += 1
        }
        return isNegative ? -value : value
    }

    /// Digits and nothing else; more than `Int64` can hold is its end, as above.
    static func digitsOnly(_ bytes: Span<UInt8>) -> Int64? {
        guard !bytes.isEmpty else { return nil }
        var value: Int64 = 0
        var isBeyond = false
        for index in bytes.indices {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[index]) else { return nil }
            if !append(Int64(bytes[index] & 0xF), to: &value) { isBeyond = true }
        }
        return isBeyond ? .max : value
    }

    /// The integer part of a JSON number that stands in a JSON string.
    static func quoted(_ bytes: Span<UInt8>) -> Int64? {
        var reader = JSONReader(depthLimit: 1)
        guard case .number(let range) = try? reader.next(bytes), (try? reader.next(bytes)) == .end else { return nil }
        return integerPart(bytes.extracting(range))
    }

    /// Beyond a million either way the exact exponent makes no difference to the outcome.
    private static func exponent(_ bytes: Span<UInt8>) -> Int {
        var value = 0
        var isNegative = false
        for index in bytes.indices {
            switch bytes[index] {
            case UInt8(ascii: "-"): isNegative = true
            case UInt8(ascii: "+"): break
            default: value = min(value * 10 + Int(bytes[index] & 0xF), 10_000_000)
            }
        }
        return isNegative ? -value : value
    }

    private static func append(_ digit: Int64, to value: inout Int64) -> Bool {
        let (tenfold, over) = value.multipliedReportingOverflow(by: 10)
        let (sum, carried) = tenfold.addingReportingOverflow(digit)
        guard !over, !carried else { return false }
        value = sum
        return true
    }
}
