/// A token bucket as one number: when the bucket would be full again if nothing were taken from now on.
///
/// (The generic cell rate algorithm of ATM, ITU-T I.371, which is a token bucket that needs no timer.) One number
/// can be changed by several threads with one compare-and-exchange, so all event loops share a key's bucket.
package struct TokenBucket: Equatable, Sendable {
    /// In nanoseconds of the boot clock; 0 for a bucket that was never used.
    package var fullAt: Int64

    package init(fullAt: Int64 = 0) { self.fullAt = fullAt }

    package enum Taking: Equatable, Sendable {
        case taken(TokenBucket)
        /// Nothing there; nanoseconds until there is.
        case empty(wait: Int64)
    }

    package func taking(at now: Int64, _ limit: RateLimit) -> Taking {
        let interval = limit.interval
        let depth = interval.multipliedReportingOverflow(by: Int64(limit.burst))
        let room = depth.overflow ? Int64.max / 4 : depth.partialValue
        let start = max(fullAt, now)
        let filled = start.addingReportingOverflow(interval)
        guard !filled.overflow, filled.partialValue &- now <= room else {
            return .empty(wait: max(start &- now &+ interval &- room, 1))
        }
        return .taken(TokenBucket(fullAt: filled.partialValue))
    }
}
