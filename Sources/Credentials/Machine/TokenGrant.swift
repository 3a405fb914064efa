import Secrets

/// A token as had from the authorization server, or restored from where an earlier one was kept.
package struct TokenGrant: Sendable {
    package var token: Secret
    /// When the request for it was sent. The lifetime counts from here: the server cannot have started
    /// it earlier, and counting from the arrival of the answer would credit the token with the answer's delay.
    package var sentAt: Instant
    package var lifetime: Nanoseconds
    package var lifetimeSource: LifetimeSource

    /// Where the lifetime was learnt, for logs.
    package enum LifetimeSource: Equatable, Sendable {
        /// `expires_in`, possibly shortened by the token's own `exp`.
        case expiresIn
        /// The token's own `exp`; the answer did not tell.
        case claim
        /// Neither told: ``TokenLimits/assumedLifetime``.
        case assumed
    }

    package init(token: Secret, sentAt: Instant, lifetime: Nanoseconds, lifetimeSource: LifetimeSource = .expiresIn) {
        self.token = token
        self.sentAt = sentAt
        self.lifetime = lifetime
        self.lifetimeSource = lifetimeSource
    }

    /// The first moment, on the boot clock, at which the token no longer counts as valid.
    package var expiresAtBoot: Nanoseconds { sentAt.boot + lifetime }
}
