/// When a token is refreshed before it expires.
enum RefreshPlan {
    /// min(max(least margin, 10 %), 25 % of the lifetime) before the end; jitter takes away up to half of the
    /// margin, so that processes started together part ways and none has less than half of it.
    static func refreshAt(
        _ grant: TokenGrant, limits: TokenLimits, random: inout some RandomNumberGenerator
    ) -> Nanoseconds {
        let margin = margin(of: grant, limits: limits)
        let drawn = Int64.random(in: (margin.count / 2)...margin.count, using: &random)
        return grant.expiresAtBoot - Nanoseconds(drawn)
    }

    static func margin(of grant: TokenGrant, limits: TokenLimits) -> Nanoseconds {
        max(
            .zero,
            min(
                max(limits.leastMargin, grant.lifetime.hundredths(limits.marginPercent)),
                grant.lifetime.hundredths(limits.greatestMarginPercent)))
    }
}

extension TokenGrant {
    /// Whether a token that another process has had can stand in for a token request: it has not reached the margin
    /// in which tokens are refreshed.
    package func isFarFromItsEnd(at now: Instant, limits: TokenLimits) -> Bool {
        now.boot < expiresAtBoot - RefreshPlan.margin(of: self, limits: limits)
    }
}
