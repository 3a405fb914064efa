/// Bounds the refreshes that a 401 or a clock may cause.
///
/// One at once, then none before the interval is over. An API that keeps refusing fresh tokens (a wrong
/// audience, a route that wants another kind) uses each interval up as soon as it ends; every time that
/// happens the interval doubles. A revocation now and then finds it back at its base.
struct RenewalBudget: Equatable, Sendable {
    private var interval: Nanoseconds
    private var lastSpentBoot: Nanoseconds?
    private let limits: TokenLimits

    init(limits: TokenLimits) {
        self.limits = limits
        interval = limits.renewalInterval
    }

    /// Whether a refresh may start now; if so it is counted.
    mutating func spend(at boot: Nanoseconds) -> Bool {
        if let last = lastSpentBoot {
            let quiet = boot - last
            guard quiet >= interval else { return false }
            interval =
                quiet >= interval.multiplied(by: 4)
                ? limits.renewalInterval : min(limits.renewalIntervalCeiling, interval.multiplied(by: 2))
        }
        lastSpentBoot = boot
        return true
    }
}
