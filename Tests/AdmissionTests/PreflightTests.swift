import Admission
import Testing
import Wire

@Suite struct PreflightTests {
    static func ask(
        _ origin: String, _ method: String = "GET", _ more: [String] = [], reach: RouteReach = .tokenRoutes,
        is outcome: AdmissionCase.Outcome
    ) -> AdmissionCase {
        AdmissionCase(
            method: "OPTIONS",
            fields: ["Host: localhost:22786", "Origin: \(origin)", "Access-Control-Request-Method: \(method)"] + more,
            reach: reach, outcome: outcome)
    }

    static let page = "http://localhost:3000"

    static let cases: [AdmissionCase] =
        ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"].map { ask(page, $0, is: .preflight) }
        + ["TRACE", "CONNECT", "OPTIONS", "get", "", "GET, POST", "PROPFIND"].map {
            ask(page, $0, is: .refused(.corsMethodNotAllowed))
        }
        + [
            "authorization", "content-type", "authorization,content-type", "accept, cache-control ,if-none-match",
            "mcp-session-id,mcp-protocol-version,last-event-id",
            "x-anything", "", "X-Requested-With",
        ].map { ask(page, "POST", ["Access-Control-Request-Headers: \($0)"], is: .preflight) }
        + [
            "cookie", "authorization,cookie", "Sec-Fetch-Site", "proxy-authorization", "host", "origin",
            "content-length", "transfer-encoding", "connection", "te",
            "a b", "a,,b", "a,", ",a", "\"a\"", "a:b", "a;b", "*,(", "\u{E9}",
        ].map { ask(page, "POST", ["Access-Control-Request-Headers: \($0)"], is: .refused(.corsFieldNotAllowed)) }
        + [
            ask("http://evil.example", is: .refused(.originNotAllowed)), ask("null", is: .refused(.opaqueOrigin)),
            ask("http://localhost:3000/", is: .refused(.originMalformed)),
            ask("https://localhost:3000", is: .refused(.originNotAllowed)),
            ask(page, reach: .oauthOnly, is: .refused(.originNotListed)),
            ask(page, "POST", ["Access-Control-Request-Method: GET"], is: .refused(.fieldRepeated)),
            ask(
                page, "POST", ["Access-Control-Request-Headers: a", "Access-Control-Request-Headers: b"],
                is: .refused(.fieldRepeated)),
            ask(page, "POST", ["Access-Control-Request-Private-Network: true"], is: .preflight),
            ask(
                page, "POST",
                ["Access-Control-Request-Private-Network: true", "Access-Control-Request-Private-Network: true"],
                is: .refused(.fieldRepeated)),
            ask(page, "GET", ["Sec-Fetch-Mode: cors", "Sec-Fetch-Site: cross-site"], is: .preflight),
            // Not a preflight: no question, or nobody who asks.
            AdmissionCase(method: "OPTIONS", fields: ["Host: localhost", "Origin: \(page)"], outcome: .granted),
            AdmissionCase(
                method: "OPTIONS", fields: ["Host: localhost", "Access-Control-Request-Method: GET"], outcome: .passed),
            AdmissionCase(
                method: "GET", fields: ["Host: localhost", "Origin: \(page)", "Access-Control-Request-Method: GET"],
                outcome: .granted),
            AdmissionCase(
                method: "OPTIONS",
                fields: ["Host: evil.example", "Origin: \(page)", "Access-Control-Request-Method: GET"],
                outcome: .refused(.hostNotServed)),
        ]

    @Test(arguments: cases)
    func judges(_ item: AdmissionCase) {
        #expect(item.run(AdmissionRules()).outcome == item.outcome)
    }

    /// The field lines written for a case; empty when it is refused.
    private func lines(_ item: AdmissionCase) throws -> [String] {
        let rules = AdmissionRules()
        let head = try #require(item.head)
        guard case .admitted(let visitor) = rules.admit(head, at: item.listener) else { return [] }
        var output: [UInt8] = []
        switch rules.decide(visitor, for: item.reach, of: head) {
        case .admitted(let grant): CORSFields.append(grant, of: head, to: &output)
        case .preflight(let answer): CORSFields.append(answer, of: head, to: &output)
        case .refused: return []
        }
        return String(decoding: output, as: UTF8.self).split(separator: "\r\n").map(String.init)
    }

    @Test func theAnswerEchoesTheOriginAndTheNames() throws {
        let item = Self.ask(
            Self.page, "PATCH",
            [
                "Access-Control-Request-Headers: authorization, X-a", "Access-Control-Request-Private-Network: true",
                "Access-Control-Request-Local-Network: true",
            ], is: .preflight)
        #expect(
            try lines(item) == [
                "Vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
                "Access-Control-Allow-Origin: http://localhost:3000",
                "Access-Control-Allow-Methods: GET, HEAD, POST, PUT, PATCH, DELETE",
                "Access-Control-Allow-Headers: authorization, X-a",
                "Access-Control-Allow-Private-Network: true",
                "Access-Control-Allow-Local-Network: true",
                "Access-Control-Max-Age: 7200",
            ])
        #expect(
            try !lines(Self.ask(Self.page, is: .preflight)).contains {
                $0.contains("Network") || $0.contains("Allow-Headers")
            })
    }

    @Test func answersVaryByOriginWithAndWithoutAGrant() throws {
        let granted = try lines(OriginTests.request("GET", Self.page, is: .granted))
        #expect(granted.prefix(2) == ["Vary: Origin", "Access-Control-Allow-Origin: http://localhost:3000"])
        #expect(granted.count == 3 && granted[2].hasPrefix("Access-Control-Expose-Headers: Cartouche-Error, "))
        #expect(try lines(OriginTests.request("GET", nil, is: .passed)) == ["Vary: Origin"])
        #expect(!granted.joined().contains("*"))
    }

    @Test func theRouteIsFoundByTheMethodAskedFor() throws {
        let head = try #require(Self.ask(Self.page, "DELETE", is: .preflight).head)
        guard case .admitted(let visitor) = AdmissionRules().admit(head, at: .unix) else {
            Issue.record("refused")
            return
        }
        #expect(visitor.methodToRoute(head.method) == .delete)
        #expect(visitor.kind == .otherPage(.tokenRoutes))
    }
}
