/// Every span and size the life of a token is bounded by, in one place.
package struct TokenLimits: Equatable, Sendable {
    // MARK: Refresh before expiry: min(max(60 s, 10 %), 25 % of the lifetime) before the end.

    /// A refresh has at least this long before the token expires, lifetime permitting.
    package var leastMargin = Nanoseconds.seconds(60)
    package var marginPercent: Int64 = 10
    /// No more of the lifetime than this goes unused, or a token of two minutes would be refreshed at once.
    package var greatestMarginPercent: Int64 = 25

    // MARK: How long a token is taken to live.

    /// The lifetime of a token whose answer does not tell it (RFC 6749 §5.1 allows that) and which does not
    /// tell it itself. An hour is what most authorization servers mean by silence; a shorter life shows as a 401.
    package var assumedLifetime = Nanoseconds.seconds(3_600)
    /// The lifetime credited to an answer that claims more. A token that really lives longer is refreshed early.
    package var longestLifetime = Nanoseconds.seconds(30 * 86_400)

    // MARK: A flight, that is one token request.

    /// A token request that has not ended after this long is given up.
    package var flight = Nanoseconds.seconds(30)
    /// One that is not the first is given up earlier: see ``FlightSpan``.
    package var leastFlight = Nanoseconds.seconds(5)
    /// After a failure, nobody waits for a new attempt that has already lasted this long.
    package var retryPatience = Nanoseconds.seconds(2)

    // MARK: Back-off after an attempt failed.

    package var backOffFloor = Nanoseconds.milliseconds(100)
    package var backOffBase = Nanoseconds.milliseconds(500)
    /// Clients are refused for as long as this after the server has recovered, so it is no longer than a server that
    /// is down can bear of one token request.
    package var backOffCeiling = Nanoseconds.seconds(15)
    /// A rejected client stays rejected until someone acts, so it is asked about rarely, but always again.
    package var rejectionBase = Nanoseconds.seconds(60)
    package var rejectionCeiling = Nanoseconds.seconds(300)
    /// A server's own delay (`Retry-After`, `x-ratelimit-reset`) is obeyed up to here: a mistaken or hostile
    /// one must not switch the credential off for a day.
    package var retryAfterCeiling = Nanoseconds.seconds(300)

    // MARK: Refreshes nobody planned: after a 401, or when the clocks disagree.

    package var renewalInterval = Nanoseconds.seconds(30)
    package var renewalIntervalCeiling = Nanoseconds.seconds(300)

    package init() {}

    /// No pause between two attempts is longer than this.
    package var longestPause: Nanoseconds {
        max(backOffCeiling, rejectionCeiling, retryAfterCeiling + retryAfterCeiling.hundredths(10))
    }

    // MARK: Sizes, in bytes.

    /// The body of a token answer; a reader need not keep more.
    package static let answerBytes = 1 << 20
    /// A token travels in a header field of every request: more than this no server takes.
    package static let tokenBytes = 16 << 10
    /// How deep a JSON document may nest.
    package static let jsonDepth = 32
    /// What is kept of a server's error text.
    package static let messageBytes = 160
}
