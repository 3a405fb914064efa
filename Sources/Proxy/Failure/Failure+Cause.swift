import ClientKeys
import Credentials
import Policy
import Rewriting
import Upstream
import Wire

extension Failure {
    /// The one place where a cause becomes what a client is told.
    static func of(_ cause: Cause) -> Failure {
        switch cause {
        case .malformedRequest(let error):
            Failure(
                status: error.status, source: .client, code: error.code, error: error.explanation,
                hint: "The request is not valid HTTP/1.1 and was not passed on; the connection is closed.",
                closes: true)
        case .headTimedOut:
            Failure(
                status: 408, source: .client, code: "head-timeout", error: "the request's head did not arrive in time",
                hint: "Send the whole head at once; head_timeout sets how long it may take.", closes: true)
        case .bodyTimedOut:
            Failure(
                status: 408, source: .client, code: "body-timeout", error: "the request's body stopped arriving",
                hint: "Send the body without long pauses; body_idle_timeout sets how long one may be.", closes: true)
        case .notAdmitted(let refusal):
            Failure(
                status: refusal.status, source: .client, code: refusal.code, error: refusal.error,
                hint: refusal.hint)
        case .tooManyConnections:
            Failure(
                status: 503, source: .client, code: "too-many-connections",
                error: "this address has as many connections as it may have",
                hint: "Use fewer at a time, or raise max_connections_per_address.", retryAfter: 1, closes: true)
        case .plainHTTPWhereTLSIsSpoken:
            Failure(
                status: 400, source: .client, code: "plain-http",
                error: "the request came in plain HTTP, and this port speaks TLS",
                hint: "Use https:// in the URL.", closes: true)
        case .notIdentified(let refusal, let mayPrompt):
            Failure(
                status: refusal.status, source: .client, code: refusal.code, error: refusal.explanation,
                hint: refusal.hint, challenges: refusal.status == 401 ? Challenge.all(mayPrompt: mayPrompt) : [])
        case .outOfScope(let refusal):
            Failure(
                status: 403, source: .proxy, code: refusal.code, error: refusal.explanation, hint: refusal.hint)
        case .tooFast(let rate, let seconds):
            Failure(
                status: 429, source: .proxy, code: "key-rate", error: "the request's key allows \(rate)",
                hint: "Wait as long as Retry-After says, and send fewer at a time.", retryAfter: seconds)
        case .quotaSpent(let quota, let seconds):
            Failure(
                status: 429, source: .proxy, code: "key-quota",
                error: "the request's key allows \(quota) requests a day, and they are spent",
                hint: "The next day begins at midnight UTC; Retry-After has the seconds.", retryAfter: seconds)
        case .auditUnavailable:
            Failure(
                status: 503, source: .proxy, code: "audit-unavailable",
                error: "the audit log cannot be written, and nothing is served without it",
                hint: "Who runs the proxy finds the reason in its log; audit_failure: serve would serve all the same.",
                retryAfter: 5)
        case .pathNotCanonical(let error):
            Failure(
                status: 400, source: .client, code: error.code, error: error.explanation, hint: error.hint)
        case .methodNeverServed:
            Failure(
                status: 501, source: .client, code: "method-not-implemented",
                error: "this method is not served by this proxy",
                hint: "GET, HEAD, POST, PUT, PATCH, DELETE and OPTIONS are.", closes: true)
        case .expectationUnknown:
            Failure(
                status: 417, source: .client, code: "expectation-unknown",
                error: "the request expects something this proxy does not know",
                hint: "Only Expect: 100-continue is understood.", closes: true)
        case .routeUnknown(let line):
            Failure(
                status: 403, source: .proxy, code: "route-unknown",
                error: "no route of this proxy matches the request's path",
                hint: "Check the path. To forward it, put a line like this under routes: in the configuration: \(line)")
        case .methodNotAllowed(let allowed):
            Failure(
                status: 405, source: .proxy, code: "method-not-allowed",
                error: "the path is known, but not with this method", hint: "Allowed: \(allowed.allowFieldValue).",
                allow: allowed.allowFieldValue)
        case .routeDenied(let because, let line):
            Failure(
                status: 403, source: .proxy, code: "route-denied", error: "this route is denied: \(because)",
                hint: "To allow it, put this line under routes: in the configuration: \(line)")
        case .writesRefused(let refusal, key: nil):
            Failure(
                status: 403, source: .proxy, code: refusal.code,
                error: refusal.explanation, hint: refusal.hint)
        case .writesRefused(let refusal, let key?):
            Failure(
                status: 403, source: .proxy, code: "key-read-only",
                error: "the request's key is for reading only, and \(refusal.reason)",
                hint: "The key \(key) is for requests that are known to only read; who runs the proxy can make another.")
        case .credential(let refusal):
            Failure(
                status: refusal.status, source: .proxy, code: refusal.code, error: refusal.explanation,
                hint: refusal.hint)
        case .token(let failure):
            Failure(
                status: failure.status, source: failure.isOfTheWay ? .egress : .auth, code: failure.code, error: failure.explanation,
                hint: failure.hint, retryAfter: failure.retryAfterSeconds)
        case .tokenWaitTimedOut:
            Failure(
                status: 503, source: .auth, code: "token-timeout", error: "no access token could be had in time",
                hint: "The authorization server is slow; the proxy keeps trying.", retryAfter: 1)
        case .upstreamNotConfigured(let name):
            Failure(
                status: 502, source: .proxy, code: "upstream-not-configured",
                error: "the route leads to an upstream that is not configured",
                hint: "Set \(name == .ai ? "ai_base_url" : name == .accounts ? "accounts_url" : "api_base_url").")
        case .upstream(let failure, let name): upstream(failure, "\(name)")
        case .bodyNotPassable(let error): bodyNotPassable(error)
        case .overloaded:
            Failure(
                status: 503, source: .proxy, code: "overloaded", error: "the proxy has too much to do",
                hint: "Try again shortly.", retryAfter: 1)
        case .internalInconsistency:
            Failure(
                status: 500, source: .proxy, code: "internal-error", error: "the proxy made a mistake",
                hint: "Please report it with the request id.", closes: true)
        }
    }

    private static func bodyNotPassable(_ error: RewritingError) -> Failure {
        switch error {
        case .bodyMustInflate, .withheldBytesMustBeBounded:
            Failure(
                status: 502, source: .upstream, code: "upstream-body-unreadable",
                error: "the upstream's compressed body cannot be read",
                hint: "The upstream sent a damaged or an excessive body; try again without Accept-Encoding.")
        case .secretMustNotReturn:
            Failure(
                status: 502, source: .upstream, code: "secret-in-answer",
                error: "the upstream's answer held a secret of this proxy and was stopped",
                hint: "The upstream echoes credentials: report it to whoever runs it.")
        }
    }

    private static func upstream(_ failure: UpstreamFailure, _ name: String) -> Failure {
        if case .egress(let failure) = failure { return egress(failure, name) }
        let (status, code) = statusAndCode(failure)
        let source = source(failure)
        return Failure(
            status: status, source: source, code: code,
            error: "no answer from the \(name) upstream: \(failure.explanation)", hint: hint(failure),
            retryAfter: source == .proxy ? 1 : nil)
    }

    private static func source(_ failure: UpstreamFailure) -> Source {
        switch failure {
        case .queueFull, .queueTimedOut, .noSocket: .proxy
        case .clientTooSlow: .client
        default: .upstream
        }
    }

    private static func statusAndCode(_ failure: UpstreamFailure) -> (Int, String) {
        switch failure {
        case .nameNotResolved(.timedOut): (504, "upstream-name-timeout")
        case .nameNotResolved: (502, "upstream-name-not-resolved")
        case .notConnected: (502, "upstream-not-connected")
        case .connectTimedOut: (504, "upstream-connect-timeout")
        case .noSocket: (503, "no-socket")
        case .egress(let failure): (failure.status, failure.code)
        case .handshakeFailed: (502, "upstream-tls-failed")
        case .handshakeCut: (502, "upstream-tls-cut")
        case .handshakeTimedOut: (504, "upstream-tls-timeout")
        case .queueFull: (503, "upstream-queue-full")
        case .queueTimedOut: (503, "upstream-queue-timeout")
        case .closedBeforeAnswer: (502, "upstream-closed")
        case .failedBeforeAnswer: (502, "upstream-failed")
        case .answerTimedOut: (504, "upstream-timeout")
        case .answerMalformed: (502, "upstream-answer-malformed")
        case .protocolSwitched: (502, "upstream-switched-protocol")
        case .tooManyInterimAnswers: (502, "upstream-too-many-interim-answers")
        case .answerCut: (502, "upstream-answer-cut")
        case .answerFailed: (502, "upstream-answer-failed")
        case .answerStalled: (504, "upstream-answer-stalled")
        case .clientTooSlow: (408, "client-too-slow")
        }
    }

    private static func hint(_ failure: UpstreamFailure) -> String {
        switch failure {
        case .nameNotResolved: "Check the host name in the base URL, and this machine's DNS."
        case .egress(let failure): failure.hint
        case .notConnected, .connectTimedOut: "Check the base URL, the network, and any firewall in between."
        case .noSocket(.tooManyOpenFiles):
            "Raise the limit on open files (ulimit -n, LimitNOFILE), or lower max_connections."
        case .noSocket: "This machine is short of memory or of open files: end what takes them, or lower max_connections."
        case .handshakeFailed:
            "Check the base URL; for a private certificate authority, set upstream_ca_file to its certificate."
        case .handshakeCut, .handshakeTimedOut: "Check that the base URL's port speaks TLS."
        case .queueFull, .queueTimedOut: "Fewer requests at a time, or a larger max_upstream_connections."
        case .clientTooSlow: "Send the body and take the answer without pauses, or raise max_upstream_connections."
        case .answerTimedOut, .answerStalled: "Try a smaller request; answer_timeout sets how long an answer may take."
        case .closedBeforeAnswer, .failedBeforeAnswer, .answerMalformed, .protocolSwitched, .tooManyInterimAnswers,
            .answerCut, .answerFailed:
            "The upstream failed; a request that only reads can be tried again."
        }
    }
}
