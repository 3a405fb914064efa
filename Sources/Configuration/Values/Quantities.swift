/// Reading and writing of durations (`75s`, `500ms`, `2m`, `1h`) and of sizes in bytes (`16KiB`, `1MiB`, `512`).
package enum Quantity {
    private static let durationUnits: [(name: String, milliseconds: Int)] = [
        ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
    ]

    private static let sizeUnits: [(name: String, bytes: Int)] = [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)]

    /// A whole number and a unit; a number alone counts seconds.
    package static func duration(_ text: String) throws(ValueProblem) -> Duration {
        let (number, unit) = split(text)
        let milliseconds = durationUnits.first { unit.isEmpty ? $0.name == "s" : $0.name == unit }?.milliseconds
        guard let number, let milliseconds else {
            throw ValueProblem("is no duration", suggestion: "write a whole number and a unit: 500ms, 75s, 2m, 1h")
        }
        let (product, overflow) = number.multipliedReportingOverflow(by: milliseconds)
        guard !overflow else { throw ValueProblem("is too long a duration") }
        return .milliseconds(product)
    }

    package static func size(_ text: String) throws(ValueProblem) -> Int {
        let (number, unit) = split(text)
        let factor = unit.isEmpty ? 1 : sizeUnits.first { $0.name == unit }?.bytes
        guard let number, let factor else {
            throw ValueProblem("is no size", suggestion: "write a number of bytes, or 16KiB, 1MiB")
        }
        let (product, overflow) = number.multipliedReportingOverflow(by: factor)
        guard !overflow else { throw ValueProblem("is too large a size") }
        return product
    }

    package static func text(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let milliseconds = Int(seconds) &* 1000 &+ Int(attoseconds / 1_000_000_000_000_000)
        // Hours and days are kept for whole ones of more than one; "75s" reads better than a fraction.
        let unit = durationUnits.last { milliseconds != 0 && milliseconds % $0.milliseconds == 0 }
        guard let unit else { return "0s" }
        return "\(milliseconds / unit.milliseconds)\(unit.name)"
    }

    package static func text(size bytes: Int) -> String {
        guard bytes > 0, let unit = sizeUnits.last(where: { bytes % $0.bytes == 0 }) else { return String(bytes) }
        return "\(bytes / unit.bytes)\(unit.name)"
    }

    private static func split(_ text: String) -> (number: Int?, unit: String) {
        let digits = text.utf8.prefix(while: ASCII.isDigit)
        let unit = text.utf8.dropFirst(digits.count)
        return (ASCII.decimal(digits, limit: Int.max), String(decoding: unit, as: UTF8.self))
    }
}
