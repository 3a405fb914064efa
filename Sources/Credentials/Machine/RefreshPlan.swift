/// When a token is refreshed before it expires.
enum RefreshPlan {
    /// min(max(least margin, 10 %), 25 % of the lifetime) before the end; jitter takes away up to half of the
    /// margin, so that processes started together part ways and none has less than half of it.
    static func refreshAt(
        _ grant: TokenGrant, limits: TokenLimits, random: inout some RandomNumberGenerator
    ) -> Nanoseconds {
        let margin = max(
            .zero,
            min(
                max(limits.leastMargin, grant.lifetime.hundredths(limits.marginPercent)),
                grant.lifetime.hundredths(limits.greatestMarginPercent)))
        let drawn = Int64.random(in: (margin.count / 2)...margin.count, using: &random)
        return grant.expiresAtBoot - Nanoseconds(drawn)
    }
}
