/// The life of one OAuth credential's access token.
///
/// A pure machine: what happened goes in as a call, with the time and the randomness; what is to be done
/// comes out as values. It owns no connection, no timer and nobody's request, so that a client that leaves
/// cancels nothing, and its tests are transcripts.
///
/// ```
///            wanted              granted
/// ┌───────┐        ┌──────────┐            ┌───────┐
/// │ empty │ ─────▶ │ fetching │ ─────────▶ │ fresh │ ◀────┐
/// └───────┘        └──────────┘            └───────┘      │
///                    │   ▲  ▲                │ due, 401,  │ granted
///             failed │   │  │ expired        ▼ new secret │
///                    │   │  │              ┌────────────┐ │
///                    │   │  └───────────── │ refreshing │ ┘
///                    │   │                 └────────────┘
///                    │   │ time is up,       │        ▲ time is up,
///                    ▼   │ no token          ▼ failed │ a token left
///                  ┌────────────────────────────────────┐
///                  │            backing off             │
///                  │   (a token may serve to its end)   │
///                  └────────────────────────────────────┘
/// ```
///
/// - At most one token request (``Flight``) is under way; everyone waits for that one.
/// - A token serves to its true end and not longer: the end is looked at on every call, on a clock that
///   counts suspension, so a timer that slept changes nothing.
/// - No state is terminal: backing off always ends in another attempt.
/// - ``Instant/boot`` decides. ``Instant/wall`` may jump; at most it makes a refresh start early.
package struct TokenMachine: Sendable {
    package let limits: TokenLimits
    var state = State.empty
    var rotation = SecretRotation.none
    var backOff = BackOff()
    var renewals: RenewalBudget
    /// The number of tokens had so far.
    var generation: UInt64 = 0
    /// The number of token requests started so far.
    var flights: UInt64 = 0
    var lastRefresh: Instant?
    /// When the request for the present token was sent.
    var lastSentBoot: Nanoseconds?
    var lastFailure: FetchFailure?
    var lastFailureAt: Instant?

    package init(limits: TokenLimits = TokenLimits()) {
        self.limits = limits
        renewals = RenewalBudget(limits: limits)
    }

    /// The token last had, if it had not expired at the last call; ``IssuedToken/isUsable(at:)`` at each use.
    package var issued: IssuedToken? { state.token }
}
