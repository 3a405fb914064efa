/// What may be known of a credential by logs, metrics and status pages. It holds no token.
package struct TokenStatus: Equatable, Sendable {
    package enum State: String, Sendable {
        case empty
        case fetching
        case fresh
        case refreshing
        case backingOff = "backing-off"
    }

    package let state: State
    /// Whether a request wanting a token now would get one without waiting.
    package let hasUsableToken: Bool
    /// The number of tokens had so far; the present token's own number.
    package let generation: UInt64
    /// Since the request for the present token was sent.
    package let age: Nanoseconds?
    /// Until the present token expires.
    package let remaining: Nanoseconds?
    /// When the last token was had.
    package let lastRefresh: Instant?
    /// When the machine will act by itself, on the boot clock.
    package let nextActionBoot: Nanoseconds?
    package let lastFailure: FetchFailure?
    package let lastFailureAt: Instant?
    package let consecutiveFailures: Int
    /// Token requests started so far.
    package let fetches: UInt64
}
