/// Why a token request brought no token.
package struct FetchFailure: Error, Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        /// The server could not be reached or could not answer; time may mend it.
        case unavailable(Unavailability)
        /// The server knows who asks and says no; only a person can mend it.
        case rejected
        /// The server asks to be left alone for a while.
        case rateLimited
        /// The server answered with success and no usable token.
        case malformed(MalformedAnswer)
    }

    package enum Unavailability: Equatable, Sendable {
        /// No connection: name, route, TLS.
        case unreachable
        /// What stands between the server and us lets nothing through.
        case wayBlocked(WayFailure)
        case timedOut
        /// The connection ended before the answer did.
        case interrupted
        /// A 5xx, or an OAuth error that means the same.
        case serverError
        /// A status a token endpoint has no reason to send: a redirect, 404, a 1xx or 2xx without a token.
        case unexpectedStatus
    }

    package let kind: Kind
    /// How long the server asked to be left alone, in seconds from its answer.
    package let retryAfterSeconds: Int64?
    /// The status of the answer; nil if there was none.
    package let status: Int?
    /// The server's own words, made fit for a log. Never for a client.
    package let message: ServerMessage?

    package init(
        _ kind: Kind, status: Int? = nil, retryAfterSeconds: Int64? = nil, message: ServerMessage? = nil
    ) {
        self.kind = kind
        self.status = status
        self.retryAfterSeconds = retryAfterSeconds
        self.message = message
    }
}

/// What stands in the way of a token request, in the words of whoever knows the way. All texts are fixed.
package struct WayFailure: Equatable, Sendable {
    package let code: String
    package let explanation: String
    /// What to do about it.
    package let hint: String

    package init(code: String, explanation: String, hint: String) {
        self.code = code
        self.explanation = explanation
        self.hint = hint
    }
}

extension FetchFailure: CustomStringConvertible {
    /// One line for a log.
    package var description: String {
        var text: String
        switch kind {
        case .unavailable(.unreachable): text = "the authorization server could not be reached"
        case .unavailable(.wayBlocked(let way)):
            text = "no way to the authorization server: \(way.explanation)"
        case .unavailable(.timedOut): text = "the authorization server did not answer in time"
        case .unavailable(.interrupted): text = "the authorization server broke off"
        case .unavailable(.serverError): text = "the authorization server failed"
        case .unavailable(.unexpectedStatus): text = "the authorization server answered with an unexpected status"
        case .rejected: text = "the authorization server rejected the client"
        case .rateLimited: text = "the authorization server limits the rate of token requests"
        case .malformed(let rule): text = "the authorization server's answer is no token: \(rule.explanation)"
        }
        if let status { text += " (status \(status))" }
        if let message { text += ", saying \(message)" }
        return text
    }
}
