import Secrets

/// A token as handed to whoever writes requests; a snapshot that decides for itself, at each use and
/// by comparing integers, whether it may still be used.
package struct IssuedToken: Sendable {
    package let secret: Secret
    /// Counts the tokens of one credential, from 1. A 401 is reported with the generation it was given to.
    package let generation: UInt64
    package let validity: TokenValidity

    package init(secret: Secret, generation: UInt64, validity: TokenValidity) {
        self.secret = secret
        self.generation = generation
        self.validity = validity
    }

    /// Whether the token may be sent. Asked at each use, since the machine may have slept since the last one.
    package func isUsable(at now: Instant) -> Bool { validity.holds(at: now) }

    /// Whether the credential's machine should be told (``TokenMachine/tokenWanted(at:)``) although the token
    /// still serves: its refresh is due and the timer that should have started it may have slept.
    /// Telling it once per generation is enough.
    package func isDue(at now: Instant) -> Bool { validity.isDue(at: now) }
}
