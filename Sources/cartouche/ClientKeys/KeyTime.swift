import Configuration
import Observability
import Wire

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
            let year = Int64(parts[0]), let month = Int64(parts[1]), let day = Int64(parts[2]), year >= 1970
        else { return nil }
        let date = CivilDate(year: year, month: month, day: day)
        return date.exists ? date.daysSinceEpoch * 86_400 : nil
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
