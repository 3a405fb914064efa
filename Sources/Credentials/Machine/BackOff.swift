/// How long to leave the authorization server alone after a failure.
///
/// Exponential with full jitter (a pause drawn from the whole span, so that many processes that failed
/// together do not return together) for what passes by itself; longer, with the lower half kept, for a
/// rejected client. What the server asks for is a lower bound, itself bounded.
struct BackOff: Equatable, Sendable {
    /// Consecutive failures that time may mend.
    private(set) var passing = 0
    /// Consecutive rejections of the client.
    private(set) var rejections = 0

    var failures: Int { passing + rejections }

    /// Counts the failure and draws the pause that follows it.
    mutating func pause(
        after failure: FetchFailure, limits: TokenLimits, random: inout some RandomNumberGenerator
    ) -> Nanoseconds {
        let drawn: Nanoseconds
        switch failure.kind {
        case .rejected:
            rejections += 1
            let span = Self.grown(limits.rejectionBase, times: rejections, ceiling: limits.rejectionCeiling)
            drawn = Self.draw(from: span.hundredths(50), through: span, &random)
        case .unavailable, .rateLimited, .malformed:
            passing += 1
            let span = Self.grown(limits.backOffBase, times: passing, ceiling: limits.backOffCeiling)
            drawn = Self.draw(from: limits.backOffFloor, through: span, &random)
        }
        guard let seconds = failure.retryAfterSeconds else { return drawn }
        let asked = min(.seconds(max(0, seconds)), limits.retryAfterCeiling)
        return max(drawn, asked + Self.draw(from: .zero, through: asked.hundredths(10), &random))
    }

    private static func grown(_ base: Nanoseconds, times count: Int, ceiling: Nanoseconds) -> Nanoseconds {
        min(ceiling, base.multiplied(by: 1 << Int64(min(count - 1, 30))))
    }

    private static func draw(
        from least: Nanoseconds, through most: Nanoseconds, _ random: inout some RandomNumberGenerator
    ) -> Nanoseconds {
        Nanoseconds(.random(in: least.count...max(least, most).count, using: &random))
    }
}
