/// So many requests in a time, as a token bucket: what is not used is saved, up to the burst.
package struct RateLimit: Equatable, Hashable, Sendable {
    package enum Unit: String, CaseIterable, Sendable {
        case second = "s"
        case minute = "min"
        case hour = "h"

        var nanoseconds: Int64 {
            switch self {
            case .second: 1_000_000_000
            case .minute: 60_000_000_000
            case .hour: 3_600_000_000_000
            }
        }
    }

    package let count: Int
    package let unit: Unit
    /// How many may come at once after a pause.
    package let burst: Int

    /// The largest count and burst.
    package static let limit = 1_000_000

    /// - Parameter burst: nil for what comes in a second, or one.
    package init?(count: Int, per unit: Unit, burst: Int? = nil) {
        guard (1...Self.limit).contains(count) else { return nil }
        let aSecondsWorth = Int(Int64(count) * Unit.second.nanoseconds / unit.nanoseconds)
        let burst = burst ?? max(1, aSecondsWorth)
        guard (1...Self.limit).contains(burst) else { return nil }
        self.count = count
        self.unit = unit
        self.burst = burst
    }

    /// Reads `10/s`, `600/min`, `5000/h`.
    package init?(_ text: String, burst: Int? = nil) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let unit = Unit(rawValue: String(parts[1])), let count = WholeNumber.parse(parts[0])
        else { return nil }
        self.init(count: count, per: unit, burst: burst)
    }

    package var text: String { "\(count)/\(unit.rawValue)" }

    /// The time between two requests at that rate.
    var interval: Int64 { unit.nanoseconds / Int64(count) }
}
