import Credentials
import Upstream

/// What the egress proxy does wrong, as clients are told, and as the keeper of the tokens is.
extension Failure {
    static func egress(_ failure: EgressFailure, _ name: String) -> Failure {
        Failure(
            status: failure.status, source: .egress, code: failure.code,
            error: "no way to the \(name) upstream: \(failure.explanation)", hint: failure.hint)
    }
}

extension EgressFailure {
    var status: Int {
        switch self {
        case .nameNotResolved(.timedOut), .connectTimedOut, .answerTimedOut: 504
        case .nameNotResolved, .notConnected, .credentialsNotAccepted, .refused, .upstreamNotReached, .answerMalformed,
            .tooManyInterimAnswers, .spokeOutOfTurn, .closed, .failed:
            502
        }
    }

    var code: String {
        switch self {
        case .nameNotResolved(.timedOut), .connectTimedOut, .answerTimedOut: "egress-proxy-timeout"
        case .nameNotResolved, .notConnected: "egress-proxy-not-connected"
        case .credentialsNotAccepted: "egress-proxy-credentials"
        case .refused: "egress-proxy-refused"
        case .upstreamNotReached: "egress-proxy-upstream"
        case .answerMalformed, .tooManyInterimAnswers, .spokeOutOfTurn: "egress-proxy-malformed"
        case .closed, .failed: "egress-proxy-cut"
        }
    }

    var hint: String {
        switch self {
        case .nameNotResolved, .notConnected, .connectTimedOut:
            "Check egress_proxy, or HTTPS_PROXY; no_proxy names hosts that are reached without it."
        case .credentialsNotAccepted: "Give the user name and password in egress_proxy: http://USER:PASSWORD@HOST:PORT."
        case .refused:
            "Ask whoever runs that proxy to allow this host and port, or name the host in no_proxy if it is reached "
                + "without."
        case .upstreamNotReached: "Check the base URL; what stands between that proxy and it is not ours to see."
        case .answerMalformed, .tooManyInterimAnswers, .spokeOutOfTurn:
            "Check that egress_proxy is the address of an HTTP proxy."
        case .closed, .failed, .answerTimedOut: "Check that egress_proxy is the address of an HTTP proxy, and up."
        }
    }

    /// The same to who wants a token.
    var wayFailure: WayFailure { WayFailure(code: code, explanation: explanation, hint: hint) }
}
