/// How long a token lives, from everything known about it.
enum TokenLifetime {
    /// - Parameters:
    ///   - expiresIn: `expires_in` in seconds, if it was there and a number.
    ///   - serverDate: the answer's `Date`, which tells how far our wall clock and the server's are apart.
    static func decide(
        expiresIn: Int64?, claims: JWTClaims?, serverDate: Int64?, sentAt: Instant, limits: TokenLimits
    ) throws(MalformedAnswer) -> (Nanoseconds, TokenGrant.LifetimeSource) {
        var seconds = expiresIn
        var source = TokenGrant.LifetimeSource.expiresIn
        if let bound = try claimedLife(claims, serverDate: serverDate) {
            if let told = seconds {
                seconds = min(told, bound)
            } else {
                (seconds, source) = (bound, .claim)
            }
        }
        if seconds == nil, let end = claims?.expiresAt {
            // Only our own clock is left to compare with. If it says that a token just issued has expired, the
            // clock is wrong, and the lifetime is as unknown as without the claim.
            let left = (Nanoseconds.seconds(end) - sentAt.wall).wholeSeconds
            if left > 0 { (seconds, source) = (left, .claim) }
        }
        guard let seconds else { return (limits.assumedLifetime, .assumed) }
        guard seconds > 0 else { throw .lifetimeNotPositive }
        return (min(.seconds(seconds), limits.longestLifetime), source)
    }

    /// An upper bound of the life that is left by the token's own `exp`, without use of our wall clock.
    private static func claimedLife(_ claims: JWTClaims?, serverDate: Int64?) throws(MalformedAnswer) -> Int64? {
        guard let end = claims?.expiresAt else { return nil }
        // A server that keeps tokens hands out old ones: `iat` alone would credit them with their past.
        guard let now = [serverDate, claims?.issuedAt].compactMap({ $0 }).max() else { return nil }
        let (left, overflow) = end.subtractingReportingOverflow(now)
        guard !overflow else { return nil }
        guard left > 0 else { throw .lifetimeNotPositive }
        return left
    }
}
