import Admission
import Compression
import Credentials
import Foundation
import JSON
import Observability
import Policy
import Rewriting
import TLS
import TestSupport
import Testing
import Transport
import Upstream
import Wire

@testable import Proxy

/// Every cause as clients see it.
@Suite struct FailureTests {
    private static let upstream: [(UpstreamFailure, Int, String)] = [
        (.nameNotResolved(.nameUnknown), 502, "upstream-name-not-resolved"),
        (.notConnected(.connectionRefused), 502, "upstream-not-connected"),
        (.connectTimedOut, 504, "upstream-connect-timeout"), (.noSocket(.tooManyOpenFiles), 503, "no-socket"),
        (.egress(.nameNotResolved(.nameUnknown)), 502, "egress-proxy-not-connected"),
        (.egress(.notConnected(.connectionRefused)), 502, "egress-proxy-not-connected"),
        (.egress(.connectTimedOut), 504, "egress-proxy-timeout"),
        (.egress(.answerTimedOut), 504, "egress-proxy-timeout"),
        (.egress(.credentialsNotAccepted), 502, "egress-proxy-credentials"),
        (.egress(.refused(status: 403)), 502, "egress-proxy-refused"),
        (.egress(.upstreamNotReached(status: 502)), 502, "egress-proxy-upstream"),
        (.egress(.answerMalformed(.bareLineFeed)), 502, "egress-proxy-malformed"),
        (.egress(.tooManyInterimAnswers), 502, "egress-proxy-malformed"),
        (.egress(.spokeOutOfTurn), 502, "egress-proxy-malformed"), (.egress(.closed), 502, "egress-proxy-cut"),
        (.egress(.failed(.system(.connectionReset))), 502, "egress-proxy-cut"),
        (.handshakeFailed(.certificateExpired), 502, "upstream-tls-failed"),
        (.handshakeCut, 502, "upstream-tls-cut"), (.handshakeTimedOut, 504, "upstream-tls-timeout"),
        (.queueFull, 503, "upstream-queue-full"), (.queueTimedOut, 503, "upstream-queue-timeout"),
        (.closedBeforeAnswer, 502, "upstream-closed"),
        (.failedBeforeAnswer(.system(.connectionReset)), 502, "upstream-failed"),
        (.answerTimedOut, 504, "upstream-timeout"), (.answerMalformed(.bareLineFeed), 502, "upstream-answer-malformed"),
        (.protocolSwitched, 502, "upstream-switched-protocol"),
        (.tooManyInterimAnswers, 502, "upstream-too-many-interim-answers"), (.answerCut, 502, "upstream-answer-cut"),
        (.answerFailed(.tls(.truncated)), 502, "upstream-answer-failed"),
        (.answerStalled, 504, "upstream-answer-stalled"), (.clientTooSlow, 408, "client-too-slow"),
    ]

    private static var causes: [(Cause, Int, String)] {
        var all: [(Cause, Int, String)] = WireError.allCases.map { (.malformedRequest($0), $0.status, $0.code) }
        all += PathError.allCases.map { (.pathNotCanonical($0), 400, $0.code) }
        all += upstream.map { (.upstream($0, "api"), $1, $2) }
        all += [.noCredential, .noOAuthCredential, .kindUnfit, .tokenExpired].map {
            (Cause.credential($0), 502, ($0 as CredentialRefusal).code)
        }
        all += [
            (.headTimedOut, 408, "head-timeout"), (.bodyTimedOut, 408, "body-timeout"),
            (.methodNeverServed, 501, "method-not-implemented"), (.expectationUnknown, 417, "expectation-unknown"),
            (.routeUnknown(line: "- { match: \"GET /v3/{rest...}\" }"), 403, "route-unknown"),
            (.methodNotAllowed([.get, .head]), 405, "method-not-allowed"),
            (.routeDenied(because: "it \"hands out\" secrets", line: "- x"), 403, "route-denied"),
            (.writesRefused(.routeWrites), 403, "read-only"), (.tokenWaitTimedOut, 503, "token-timeout"),
            (.token(TokenFailure(cause: FetchFailure(.rejected), retryAfterSeconds: nil)), 502, "credential-rejected"),
            (
                .token(TokenFailure(cause: FetchFailure(.rateLimited), retryAfterSeconds: 7)), 503,
                "auth-server-rate-limited"
            ),
            (.upstreamNotConfigured(.ai), 502, "upstream-not-configured"),
            (.bodyNotPassable(.secretMustNotReturn), 502, "secret-in-answer"),
            (.bodyNotPassable(.withheldBytesMustBeBounded), 502, "upstream-body-unreadable"),
            (.overloaded, 503, "overloaded"), (.internalInconsistency, 500, "internal-error"),
        ]
        return all
    }

    @Test func everyCauseHasItsStatusAndCode() {
        for (cause, status, code) in Self.causes {
            let failure = Failure.of(cause)
            #expect(failure.status == status, "\(cause)")
            #expect(failure.code == code, "\(cause)")
            #expect(!failure.error.isEmpty && !failure.hint.isEmpty, "\(cause)")
            // A field's value, and a word for programs.
            #expect(
                failure.code.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 },
                "\(cause)")
        }
    }

    @Test func everyBodyIsJSONOfOneShape() throws {
        for (cause, _, _) in Self.causes {
            let failure = Failure.of(cause)
            var body: [UInt8] = []
            FailureBody.append(failure, requestID: Array("id-1".utf8).span, to: &body)
            let object = try #require(try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any])
            #expect(Set(object.keys) == ["error", "status", "source", "code", "hint", "request_id"])
            #expect(object["error"] as? String == failure.error)
            #expect(object["hint"] as? String == failure.hint)
            #expect(object["status"] as? Int == failure.status)
            #expect(object["source"] as? String == failure.source.rawValue)
            #expect(object["request_id"] as? String == "id-1")
        }
    }

    @Test func everyHeadIsValid() throws {
        for (cause, status, code) in Self.causes {
            var output: [UInt8] = []
            FailureHead.append(.of(cause), length: 12, to: &output)
            HeadWriter.appendEnd(to: &output)
            var head = ResponseHead()
            try head.parse(output.span)
            #expect(head.status == status)
            let text = TestSupport.Head(String(decoding: output, as: UTF8.self))
            #expect(text["cartouche-error"] == code)
            #expect(text["content-length"] == "12")
            #expect(text["x-content-type-options"] == "nosniff")
            #expect((text["allow"] != nil) == (status == 405))
        }
    }

    @Test func whoIsTooBusySaysWhenToComeBack() {
        #expect(Failure.of(.overloaded).retryAfter == 1)
        #expect(Failure.of(.upstream(.queueFull, "api")).retryAfter == 1)
        #expect(Failure.of(.upstream(.queueFull, "api")).source == .proxy)
        #expect(Failure.of(.upstream(.answerCut, "api")).source == .upstream)
        #expect(Failure.of(.upstream(.clientTooSlow, "api")).source == .client)
        let limited = TokenFailure(cause: FetchFailure(.rateLimited), retryAfterSeconds: 7)
        #expect(Failure.of(.token(limited)).retryAfter == 7)
        #expect(Failure.of(.token(limited)).source == .auth)
    }

    /// The authorization server's own words are for the log.
    @Test func theAuthorizationServersWordsStayHere() throws {
        let failure = TokenFailure(cause: FetchFailure(.rejected, status: 401, message: nil), retryAfterSeconds: nil)
        #expect(!Failure.of(.token(failure)).error.contains("401"))
    }

    @Test func malformedRequestsEndTheirConnection() {
        for error in WireError.allCases { #expect(Failure.of(.malformedRequest(error)).closes) }
        #expect(!Failure.of(.routeUnknown(line: "")).closes)
        #expect(!Failure.of(.upstream(.answerTimedOut, "api")).closes)
    }

    @Test func textOfAnyKindStaysOneJSONString() throws {
        var random = SplitMix64(seed: 5)
        for _ in 0..<500 {
            let text = String(
                String.UnicodeScalarView(
                    (0..<10).map { _ in
                        Unicode.Scalar(
                            UInt32.random(in: 0..<(Bool.random(using: &random) ? 0x80 : 0xD000), using: &random)) ?? "x"
                    }))
            var output: [UInt8] = []
            JSONText.append(text, to: &output)
            let parsed = try JSONSerialization.jsonObject(with: Data(output), options: .fragmentsAllowed) as? String
            #expect(parsed.map { Array($0.utf8) } == Array(text.utf8))
        }
    }
}
