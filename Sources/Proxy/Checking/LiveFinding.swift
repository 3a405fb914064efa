/// What came of one step of a live check.
package struct LiveFinding: Equatable, Sendable {
    package enum Step: String, Sendable {
        /// A token is asked of the authorization server.
        case token
        /// The API is asked for something cheap with it.
        case request
    }

    package enum Outcome: Equatable, Sendable {
        case passed
        /// Somebody answered, and does not take the credential.
        case rejected(hint: String)
        /// Nobody answered, or not as CARTO would.
        case unreachable(hint: String)
    }

    /// The name of the credential.
    package let credential: String
    package let step: Step
    /// The URL asked.
    package let target: String
    package let outcome: Outcome
    /// What happened, in a sentence without its full stop. No secret, and nothing of an answer but what was made fit
    /// to be shown.
    package let detail: String
}
