/// Dates as HTTP writes them (RFC 9110 §5.6.7), as seconds since 1970-01-01 00:00:00 UTC.
package enum HTTPDate {
    /// Reads any of the three forms: IMF-fixdate, RFC 850 and asctime. `nil` for anything else.
    ///
    /// - Parameter now: seconds since the epoch; two-digit years that would be more than fifty years
    ///   ahead of it are of the century before.
    package static func parse(_ bytes: Span<UInt8>, now: Int64) -> Int64? {
        var scanner = HTTPDateScanner(count: bytes.count)
        guard let comma = firstIndex(of: UInt8(ascii: ","), in: bytes) else {
            return scanner.asctime(bytes)
        }
        return comma == 3 ? scanner.fixdate(bytes) : scanner.rfc850(bytes, comma: comma, now: now)
    }

    /// Appends an IMF-fixdate, 29 bytes. Years outside 0 to 9999 are written as the nearest of those.
    package static func append(_ seconds: Int64, to output: inout [UInt8]) {
        let bounded = min(max(seconds, -62_167_219_200), 253_402_300_799)
        let days = floorDivide(bounded, 86_400)
        let second = bounded &- days &* 86_400
        let date = CivilDate(daysSinceEpoch: days)
        // 1970-01-01 was a Thursday; the week begins on Monday here.
        let weekday = (days &+ 3) &- floorDivide(days &+ 3, 7) &* 7
        append(HTTPDateNames.weekdays, at: weekday, to: &output)
        output.append(", ")
        append(date.day, digits: 2, to: &output)
        output.append(0x20)
        append(HTTPDateNames.months, at: date.month &- 1, to: &output)
        output.append(0x20)
        append(date.year, digits: 4, to: &output)
        output.append(0x20)
        append(second / 3_600, digits: 2, to: &output)
        output.append(UInt8(ascii: ":"))
        append(second / 60 % 60, digits: 2, to: &output)
        output.append(UInt8(ascii: ":"))
        append(second % 60, digits: 2, to: &output)
        output.append(" GMT")
    }

    private static func append(_ names: StaticString, at index: Int64, to output: inout [UInt8]) {
        for offset in 0..<3 { output.append(names.byte(at: Int(index) &* 3 &+ offset)) }
    }

    private static func append(_ number: Int64, digits: Int, to output: inout [UInt8]) {
        var divisor: Int64 = digits == 4 ? 1_000 : 10
        while divisor > 0 {
            output.append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: number / divisor % 10))
            divisor /= 10
        }
    }

    private static func firstIndex(of byte: UInt8, in bytes: Span<UInt8>) -> Int? {
        for index in bytes.indices where bytes[index] == byte { return index }
        return nil
    }
}

/// Three letters each, so that a name is found by its place.
enum HTTPDateNames {
    static let weekdays: StaticString = "MonTueWedThuFriSatSun"
    static let months: StaticString = "JanFebMarAprMayJunJulAugSepOctNovDec"
}

/// Integer division that rounds down; `divisor` is positive.
func floorDivide(_ number: Int64, _ divisor: Int64) -> Int64 {
    number % divisor < 0 ? number / divisor &- 1 : number / divisor
}
