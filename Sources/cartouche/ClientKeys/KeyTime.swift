import Configuration
import Observability

/// Points in time as people give them to commands and are shown them.
enum KeyTime {
    /// Reads `30d`, `12h`, or `2027-01-31`, which is the beginning of that day in UTC. Seconds since 1970.
    static func parse(_ text: String, now: Int64) throws(Stop) -> Int64 {
        let time: Int64
        if let day = day(text) {
            time = day
        } else {
            do throws(ValueProblem) {
                let (seconds, _) = try Quantity.duration(text).components
                let (sum, overflow) = now.addingReportingOverflow(seconds)
                guard !overflow else { throw ValueProblem("is too long") }
                time = sum
            } catch {
                throw Stop(.usage, "cartouche: \(text) is no time: write 30d, 12h, or a date such as 2027-01-31")
            }
        }
        guard time > now else { throw Stop(.usage, "cartouche: \(text) is over already") }
        return time
    }

    /// The first second of a date; nil for what is none.
    private static func day(_ text: String) -> Int64? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, zip(parts, [4, 2, 2]).allSatisfy({ $0.utf8.count == $1 }),
            parts.allSatisfy({ $0.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } }),
            let year = Int64(parts[0]), let month = Int64(parts[1]), let day = Int64(parts[2]), year >= 1970,
            (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        // Counted in years that begin in March, so that leap days come last.
        let shifted = month <= 2 ? year - 1 : year
        let fromMarch = month > 2 ? month - 3 : month + 9
        let days = shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + (153 * fromMarch + 2) / 5 + day - 1
        let seconds = (days - 719_468) * 86_400
        // 31 February reads back as another day.
        return show(seconds).hasPrefix(text) ? seconds : nil
    }

    static func show(_ seconds: Int64) -> String {
        var text: [UInt8] = []
        var timestamp = Timestamp()
        let (nanoseconds, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        timestamp.append(wallNanoseconds: overflow ? .max : nanoseconds, to: &text)
        // Without the milliseconds.
        return String(decoding: text.prefix(19), as: UTF8.self) + "Z"
    }
}
