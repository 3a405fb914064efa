/// The wall clock as RFC 3339 text in UTC with milliseconds.
package struct Timestamp {
    private var second = Int.min
    private var text: [UInt8] = []

    package init() {}

    /// Appends `2026-01-31T23:59:59.123Z`. The part up to the second is computed once a second.
    /// A time before 1970, which a clock that was never set may give, is written as its beginning.
    package mutating func append(wallNanoseconds: Int64, to output: inout [UInt8]) {
        let wallNanoseconds = max(wallNanoseconds, 0)
        let now = Int(wallNanoseconds / 1_000_000_000)
        if now != second {
            second = now
            text = Self.format(now)
        }
        output.append(contentsOf: text)
        output.append(UInt8(ascii: "."))
        let milliseconds = Int(wallNanoseconds / 1_000_000 % 1000)
        Self.append(milliseconds, digits: 3, to: &output)
        output.append(UInt8(ascii: "Z"))
    }

    private static func format(_ second: Int) -> [UInt8] {
        let ofDay = second - second / 86_400 * 86_400
        let (year, month, day) = civilDate(daysSince1970: second / 86_400)
        var text: [UInt8] = []
        for (number, digits, separator) in [
            (year, 4, "-"), (month, 2, "-"), (day, 2, "T"), (ofDay / 3600, 2, ":"), (ofDay / 60 % 60, 2, ":"),
        ] {
            append(number, digits: digits, to: &text)
            text.append(contentsOf: separator.utf8)
        }
        append(ofDay % 60, digits: 2, to: &text)
        return text
    }

    /// The Gregorian date of a day not before 1970, counted in years that begin in March, so that leap days come last.
    private static func civilDate(daysSince1970: Int) -> (year: Int, month: Int, day: Int) {
        let days = max(daysSince1970, 0) + 719_468
        let era = days / 146_097
        let ofEra = days % 146_097
        let yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
        let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let march = (5 * ofYear + 2) / 153
        let month = march < 10 ? march + 3 : march - 9
        return (era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, ofYear - (153 * march + 2) / 5 + 1)
    }

    private static func append(_ number: Int, digits: Int, to output: inout [UInt8]) {
        var divisor = 1
        for _ in 1..<digits { divisor *= 10 }
        while divisor > 0 {
            output.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / divisor % 10))
            divisor /= 10
        }
    }
}
