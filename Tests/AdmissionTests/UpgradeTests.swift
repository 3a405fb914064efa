import Admission
import Testing
import Wire

/// WebSockets know no preflight: any page may try to open one, so its Origin is all there is. (None is ever opened here;
/// what matters is that nothing is done for the page on the way to that answer.)
@Suite struct UpgradeTests {
    private static let upgrade = [
        "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version: 13",
    ]

    private static func ask(
        _ more: [String], host: String = "localhost:22786", method: String = "GET", is outcome: AdmissionCase.Outcome
    ) -> AdmissionCase {
        AdmissionCase(method: method, fields: ["Host: \(host)"] + upgrade + more, outcome: outcome)
    }

    static let cases: [AdmissionCase] = [
        ask([], is: .passed),
        ask(["Origin: http://localhost:3000"], is: .granted),
        ask(["Origin: http://localhost:22786", "Sec-Fetch-Site: same-origin", "Sec-Fetch-Mode: websocket"], is: .granted),
        ask(["Origin: https://evil.example"], is: .refused(.originNotAllowed)),
        ask(
            ["Origin: https://evil.example", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: websocket"],
            is: .refused(.originNotAllowed)),
        ask(["Origin: null", "Sec-Fetch-Mode: websocket"], is: .refused(.opaqueOrigin)),
        ask(["Origin: ws://localhost:22786"], is: .refused(.originNotAllowed)),
        ask(["Origin: file://"], is: .refused(.originMalformed)),
        ask(["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: websocket"], is: .refused(.crossSite)),
        ask(["Sec-Fetch-Site: same-site", "Sec-Fetch-Mode: websocket"], is: .refused(.crossSite)),
        ask(["Origin: http://localhost:3000"], host: "evil.example:22786", is: .refused(.hostNotServed)),
        ask(["Origin: http://evil.example:22786"], host: "evil.example:22786", is: .refused(.hostNotServed)),
        ask(["Origin: https://evil.example"], method: "POST", is: .refused(.crossSiteForm)),
        // Java's clients offer HTTP/2 with their first request; that is no page's doing.
        AdmissionCase(
            fields: [
                "Host: localhost:22786", "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c",
                "HTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA",
            ], outcome: .passed),
    ]

    @Test(arguments: cases)
    func judges(_ item: AdmissionCase) { #expect(item.run(AdmissionRules()).outcome == item.outcome) }
}

/// Origins as no browser would send them, and as one would of a page with a foreign name.
@Suite struct CraftedOriginTests {
    static let cases: [AdmissionCase] =
        [
            ("http://" + String(repeating: "a", count: 8_000), RefusalRule.originNotAllowed),
            ("http://localhost:3000" + String(repeating: "0", count: 8_000), .originMalformed),
            ("http://xn--localhost-x6a.example", .originNotAllowed), ("http://xn--lclhost-2te.com", .originNotAllowed),
            ("http://l\u{43E}calhost", .originMalformed), ("http://localhost\u{FF0E}evil.example", .originMalformed),
            ("http://localhost,http://localhost", .originMalformed), ("http://localhost;http://a", .originMalformed),
            ("http://localhost:3000 https://evil.example", .originMalformed), ("HTTP://localhost:3000", .originMalformed),
            ("http://LOCALHOST:3000", .originMalformed), ("http://localhost:3000?", .originMalformed),
            ("http://localhost:3000#", .originMalformed), ("http://localhost:3000/index.html", .originMalformed),
            ("http://localhost:", .originMalformed), ("http://localhost:0", .originMalformed),
            ("http://localhost:65536", .originMalformed), ("http://localhost:03000", .originMalformed),
            ("http://user@localhost:3000", .originMalformed), ("http:/localhost", .originMalformed),
            ("http:localhost", .originMalformed), ("//localhost", .originMalformed), ("localhost", .originMalformed),
            ("", .originMalformed), ("nul", .originMalformed), ("NULL", .opaqueOrigin),
            ("http://[::1%25lo]:3000", .originMalformed), ("http://[0:0:0:0:0:0:0:1]", .originNotAllowed),
            ("http://[::ffff:127.0.0.1]:3000", .originNotAllowed), ("http://0x7f.1", .originNotAllowed),
            ("http://017700000001", .originNotAllowed), ("http://127.0.0.1.", .originNotAllowed),
            ("http://localhost.localdomain", .originNotAllowed), ("http://*.localhost", .originMalformed),
            ("about:blank", .originMalformed), ("blob:http://localhost:3000/a", .originMalformed),
            ("data:text/html,x", .originMalformed), ("chrome-extension://abcdefgh", .originNotAllowed),
        ].map { AdmissionCase(fields: ["Host: localhost:22786", "Origin: \($0.0)"], outcome: .refused($0.1)) }

    @Test(arguments: cases)
    func judges(_ item: AdmissionCase) { #expect(item.run(AdmissionRules()).outcome == item.outcome) }
}
