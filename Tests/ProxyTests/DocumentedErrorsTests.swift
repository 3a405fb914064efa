import Admission
import ClientKeys
import Credentials
import Foundation
import Policy
import Testing
import Transport
import Upstream
import Wire

@testable import Proxy

/// The page on the life of a request has a row for every error, with the status it is answered with.
@Suite struct DocumentedErrorsTests {
    private let page: String

    init() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Sources/cartouche/Documentation.docc/LifeOfARequest.md").standardizedFileURL
        page = try String(contentsOf: file, encoding: .utf8)
    }

    private func hasRow(_ code: String, _ status: Int) -> Bool { page.contains("\n| `\(code)` | \(status) | ") }

    @Test(arguments: RefusalRule.allCases)
    func admission(rule: RefusalRule) { #expect(hasRow(rule.rawValue, rule.status)) }

    @Test(arguments: KeyRefusal.allCases)
    func keys(refusal: KeyRefusal) { #expect(hasRow(refusal.code, refusal.status)) }

    @Test(arguments: [("key-scope", 403), ("key-read-only", 403), ("key-rate", 429), ("key-quota", 429), ("audit-unavailable", 503)])
    func limits(code: String, status: Int) { #expect(hasRow(code, status)) }

    @Test(arguments: PathError.allCases)
    func paths(error: PathError) { #expect(hasRow(error.code, 400)) }

    @Test(arguments: WireError.allCases)
    func messages(error: WireError) { #expect(hasRow(error.code, error.status)) }

    @Test(arguments: [
        CredentialRefusal.noCredential, .noOAuthCredential, .kindUnfit, .tokenExpired,
    ])
    func credentials(refusal: CredentialRefusal) { #expect(hasRow(refusal.code, refusal.status)) }

    @Test(arguments: [
        EgressFailure.nameNotResolved(.nameUnknown), .notConnected(.connectionRefused), .connectTimedOut,
        .credentialsNotAccepted, .refused(status: 403), .upstreamNotReached(status: 502), .answerMalformed(.bareLineFeed),
        .tooManyInterimAnswers, .spokeOutOfTurn, .closed, .failed(.system(.connectionReset)), .answerTimedOut,
    ])
    func egress(failure: EgressFailure) {
        let told = Failure.of(.upstream(.egress(failure), "api"))
        #expect(hasRow(told.code, told.status))
        #expect(told.source == .egress)
        // Whoever waits for a token is told the same.
        let token = TokenFailure(
            cause: FetchFailure(.unavailable(.wayBlocked(failure.wayFailure))), retryAfterSeconds: 1)
        #expect(Failure.of(.token(token)).code == told.code && Failure.of(.token(token)).source == .egress)
    }

    @Test(arguments: [
        FetchFailure.Kind.unavailable(.timedOut), .rejected, .rateLimited, .malformed(.notJSON),
    ])
    func tokens(kind: FetchFailure.Kind) {
        let failure = TokenFailure(cause: FetchFailure(kind), retryAfterSeconds: nil)
        #expect(hasRow(failure.code, failure.status))
    }
}
