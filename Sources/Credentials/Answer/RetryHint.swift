/// What an authorization server said about when to come back.
package struct RetryHint: Equatable, Sendable {
    /// `Retry-After` (RFC 9110 §10.2.3).
    package enum RetryAfter: Equatable, Sendable {
        case seconds(Int64)
        /// A date, in seconds since 1970.
        case date(Int64)
    }

    package var retryAfter: RetryAfter?
    /// The value of `x-ratelimit-reset`, in seconds; servers mean a date or a delay by it.
    package var rateLimitReset: Int64?

    package init(retryAfter: RetryAfter? = nil, rateLimitReset: Int64? = nil) {
        self.retryAfter = retryAfter
        self.rateLimitReset = rateLimitReset
    }

    /// Reads `x-ratelimit-reset`; nil if it is no plain number.
    package static func rateLimitReset(_ value: Span<UInt8>) -> Int64? { DecimalNumber.digitsOnly(value) }

    /// Reads the delay form of `Retry-After`; nil if it is a date or nonsense.
    package static func delay(_ value: Span<UInt8>) -> RetryAfter? {
        DecimalNumber.digitsOnly(value).map(RetryAfter.seconds)
    }

    /// The delay in seconds; dates are read on the server's clock if its answer was dated.
    func delaySeconds(serverDate: Int64?, wall: Nanoseconds, isLimited: Bool) -> Int64? {
        let now = serverDate ?? wall.wholeSeconds
        switch retryAfter {
        case .seconds(let seconds): return max(0, seconds)
        case .date(let date): return max(0, Self.difference(date, now))
        case nil: break
        }
        // Servers send it on every answer; it is a reason to wait only where the limit was met.
        guard isLimited, let reset = rateLimitReset, reset >= 0 else { return nil }
        switch reset {
        case ..<Self.earliestDate: return reset
        case ..<Self.earliestDateInMilliseconds: return max(0, Self.difference(reset, now))
        default: return max(0, Self.difference(reset / 1_000, now))
        }
    }

    /// Smaller numbers are delays: as a date this is 2001, as a delay 31 years.
    private static let earliestDate: Int64 = 1_000_000_000
    private static let earliestDateInMilliseconds: Int64 = 1_000_000_000_000

    private static func difference(_ left: Int64, _ right: Int64) -> Int64 {
        let (difference, overflow) = left.subtractingReportingOverflow(right)
        return overflow ? (left < right ? .min : .max) : difference
    }
}
