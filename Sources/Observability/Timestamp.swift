#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The wall clock as RFC 3339 text in UTC with milliseconds.
package struct Timestamp {
    private var second = Int.min
    private var text: [UInt8] = []

    package init() {}

    /// Appends `2026-01-31T23:59:59.123Z`. The part up to the second is computed once a second.
    package mutating func append(wallNanoseconds: Int64, to output: inout [UInt8]) {
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
        var time = time_t(second)
        var parts = tm()
        guard unsafe gmtime_r(&time, &parts) != nil else { return [] }
        var text: [UInt8] = []
        append(Int(parts.tm_year) + 1900, digits: 4, to: &text)
        text.append(UInt8(ascii: "-"))
        append(Int(parts.tm_mon) + 1, digits: 2, to: &text)
        text.append(UInt8(ascii: "-"))
        append(Int(parts.tm_mday), digits: 2, to: &text)
        text.append(UInt8(ascii: "T"))
        append(Int(parts.tm_hour), digits: 2, to: &text)
        text.append(UInt8(ascii: ":"))
        append(Int(parts.tm_min), digits: 2, to: &text)
        text.append(UInt8(ascii: ":"))
        append(Int(parts.tm_sec), digits: 2, to: &text)
        return text
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
