/// Why a request cannot be given a token now, as the client is told.
///
/// Every text is fixed: what the authorization server said is for the log, in ``FetchFailure/message``.
package struct TokenFailure: Error, Equatable, Sendable {
    package let cause: FetchFailure
    /// When the next attempt is made, in seconds from now, at least 1; for `Retry-After`.
    package let retryAfterSeconds: Int64?

    package init(cause: FetchFailure, retryAfterSeconds: Int64?) {
        self.cause = cause
        self.retryAfterSeconds = retryAfterSeconds
    }

    /// Whether it is not the server but the way to it that failed.
    package var isOfTheWay: Bool { way != nil }

    private var way: WayFailure? {
        if case .unavailable(.wayBlocked(let way)) = cause.kind { way } else { nil }
    }

    /// 502 where the credential was rejected, 503 where time may mend it.
    package var status: Int {
        switch cause.kind {
        case .rejected: 502
        case .unavailable, .rateLimited, .malformed: 503
        }
    }

    package var code: String {
        switch cause.kind {
        case .rejected: "credential-rejected"
        case .unavailable: way?.code ?? "auth-server-unavailable"
        case .rateLimited: "auth-server-rate-limited"
        case .malformed: "auth-server-answer-malformed"
        }
    }

    package var explanation: String {
        switch cause.kind {
        case .rejected: "the authorization server rejected this proxy's client"
        case .unavailable:
            "no access token: \(way?.explanation ?? "the authorization server is unavailable")"
        case .rateLimited: "no access token: the authorization server limits the rate of token requests"
        case .malformed: "no access token: the authorization server's answer was not understood"
        }
    }

    package var hint: String {
        switch cause.kind {
        case .rejected: "check client_id, client_secret and audience; the proxy's log has the server's reason"
        case .unavailable: way?.hint ?? "the proxy keeps trying; check auth_server and the network if it lasts"
        case .rateLimited: "the proxy keeps trying; check whether another program requests tokens with this client"
        case .malformed: "check auth_server or token_url; the proxy's log tells what was wrong"
        }
    }
}
