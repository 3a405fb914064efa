/// What a client is told when this program, and not an upstream, answers: every error of ours has this form.
package struct Failure: Equatable, Sendable {
    /// Who failed.
    package enum Source: String, Sendable {
        case client
        case proxy
        case auth
        case upstream
        /// The proxy of the network we are in.
        case egress
    }

    package var status: Int
    package var source: Source
    /// Kebab-case; stable, for programs.
    package var code: String
    /// A sentence, for people. Holds nothing that a peer sent but what was checked to be harmless.
    package var error: String
    /// What to do about it.
    package var hint: String
    /// Seconds, for `Retry-After`.
    package var retryAfter: Int64?
    /// For 405 (RFC 9110 §15.5.6).
    package var allow: String?
    /// For 401 (RFC 9110 §11.6.1): the values of `WWW-Authenticate`.
    package var challenges: [String]
    /// Whether the connection must end with this answer.
    package var closes: Bool

    package init(
        status: Int, source: Source, code: String, error: String, hint: String, retryAfter: Int64? = nil,
        allow: String? = nil, challenges: [String] = [], closes: Bool = false
    ) {
        self.status = status
        self.source = source
        self.code = code
        self.error = error
        self.hint = hint
        self.retryAfter = retryAfter
        self.allow = allow
        self.challenges = challenges
        self.closes = closes
    }
}
