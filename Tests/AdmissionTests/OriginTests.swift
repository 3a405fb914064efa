import Admission
import Testing
import Wire

@Suite struct OriginTests {
    typealias Outcome = AdmissionCase.Outcome

    static let listed: AdmissionRules = {
        do {
            let origins = try [
                "https://app.example.com", "http://localhost:5173", "http://127.0.0.1:*", "https://odd.example:8443",
                "chrome-extension://abcdefgh", "https://[2001:db8::1]",
            ].map { try OriginPattern.parse($0) }
            return AdmissionRules(
                publicOrigin: try .ofURL("https://maps.example.com"), origins: origins,
                oauthOrigins: origins.filter { $0 != origins[4] })
        } catch {
            Issue.record(error)
            return AdmissionRules()
        }
    }()

    static func request(
        _ method: String, _ origin: String?, _ more: [String] = [], reach: RouteReach = .tokenRoutes,
        is outcome: Outcome
    ) -> AdmissionCase {
        AdmissionCase(
            method: method, fields: ["Host: localhost:22786"] + (origin.map { ["Origin: \($0)"] } ?? []) + more,
            reach: reach,
            outcome: outcome)
    }

    // With the default list: pages of loopback origins, on routes a token could serve.
    static let byDefault: [AdmissionCase] =
        [
            "http://localhost", "http://localhost:3000", "http://localhost:65535", "http://127.0.0.1",
            "http://127.0.0.1:8080", "http://[::1]",
            "http://[::1]:5173", "http://localhost:22786",
        ].map { request("GET", $0, is: .granted) }
        + ["http://localhost:3000", "http://127.0.0.1:8080", "http://[::1]"].map {
            request("POST", $0, ["Content-Type: application/json"], is: .granted)
        }
        + [
            // Listed for token routes is not foreign: forms from there are let in.
            request("POST", "http://localhost:3000", ["Content-Type: application/x-www-form-urlencoded"], is: .granted),
            request(
                "POST", "http://localhost:3000",
                ["Content-Type: text/plain", "Sec-Fetch-Site: same-site", "Sec-Fetch-Mode: cors"], is: .granted),
            request("GET", "http://localhost:3000", reach: .oauthOnly, is: .refused(.originNotListed)),
            request("GET", "http://localhost:22786", reach: .oauthOnly, is: .refused(.originNotListed)),
            request("DELETE", "http://localhost:3000", reach: .oauthOnly, is: .refused(.originNotListed)),
            request("GET", nil, reach: .oauthOnly, is: .passed),
        ]
        + [
            "https://localhost", "https://localhost:3000", "http://localhost.", "http://localhost.evil.com",
            "http://localhost.evil.com:3000",
            "http://evil.example", "https://evil.example", "http://127.0.0.1.nip.io", "http://127.1",
            "http://2130706433", "http://0.0.0.0",
            "http://[::ffff:127.0.0.1]", "http://127.0.0.2", "http://app.localhost", "ws://localhost:3000",
            "file://localhost", "httpx://localhost",
            "http://xlocalhost", "http://localhostx:3000", "chrome-extension://abcdefgh", "moz-extension://0b",
            "https://app.example.com",
            "http://192.168.1.5:3000",
        ].map { request("GET", $0, is: .refused(.originNotAllowed)) }
        + [
            "", "http://localhost/", "http://localhost:3000/", "http://localhost:3000/x", "http://localhost:",
            "http://localhost:0",
            "http://localhost:65536", "http://localhost:03000", "http://localhost:*",
            "http://localhost:3000 ,http://evil.example",
            "http://localhost:3000, http://localhost:3000", "http://localhost http://evil.example",
            "http://user@localhost", "http://LOCALHOST:3000",
            "HTTP://localhost", "localhost", "localhost:3000", "//localhost", "http:localhost", "http:/localhost",
            "http//localhost", "http://",
            "://localhost", "file://", "file:///", "*", "http://*", "about:blank", "data:,x", "http://localhost?x",
            "http://localhost#x",
            "http://localhost\\@evil.example", "http://b\u{FC}cher.example", "http://%6cocalhost", "http://[::1",
            "http://::1", "1http://localhost",
            "undefined", "true",
        ].map { request("GET", $0, is: .refused(.originMalformed)) }
        + [
            request("GET", "null", is: .refused(.opaqueOrigin)), request("GET", "NULL", is: .refused(.opaqueOrigin)),
            request("POST", "null", ["Content-Type: application/json"], is: .refused(.opaqueOrigin)),
            request("GET", "null", ["Sec-Fetch-Site: same-origin"], is: .refused(.opaqueOrigin)),
            AdmissionCase(
                fields: ["Host: localhost", "Origin: http://localhost:3000", "Origin: http://localhost:3000"],
                outcome: .refused(.originRepeated)),
            AdmissionCase(
                fields: ["Host: localhost", "Origin: http://localhost:3000", "Origin: http://evil.example"],
                outcome: .refused(.originRepeated)),
            request("POST", "http://evil.example", ["Content-Type: text/plain"], is: .refused(.crossSiteForm)),
            request(
                "POST", "http://evil.example", ["Content-Type: text/plain;charset=UTF-8"], is: .refused(.crossSiteForm)),
            request(
                "POST", "http://evil.example", ["Content-Type: multipart/form-data; boundary=x"],
                is: .refused(.crossSiteForm)),
            request(
                "POST", "http://evil.example", ["Content-Type: Application/X-WWW-Form-Urlencoded"],
                is: .refused(.crossSiteForm)),
            request("POST", "http://evil.example", is: .refused(.crossSiteForm)),
            request("POST", "http://evil.example", ["Content-Type: application/json"], is: .refused(.originNotAllowed)),
            request(
                "GET", "http://evil.example",
                ["Upgrade: websocket", "Connection: Upgrade", "Sec-Fetch-Mode: websocket"],
                is: .refused(.originNotAllowed)),
        ]

    // Without Origin: what Fetch Metadata says.
    static let fetchMetadata: [AdmissionCase] = [
        request("GET", nil, is: .passed),
        request("POST", nil, ["Content-Type: application/x-www-form-urlencoded"], is: .passed),
        request("POST", nil, ["Content-Type: text/plain"], is: .passed),
        request("DELETE", nil, is: .passed),
        request("GET", nil, ["Sec-Fetch-Mode: cors"], is: .passed),
        request("POST", nil, ["Sec-Fetch-Mode: cors"], is: .passed),
        request("GET", nil, ["Sec-Fetch-Site: none", "Sec-Fetch-Mode: navigate"], is: .passed),
        request("GET", nil, ["Sec-Fetch-Site: none"], reach: .oauthOnly, is: .passed),
        request("GET", nil, ["Sec-Fetch-Site: same-origin", "Sec-Fetch-Mode: cors"], is: .passed),
        request("GET", nil, ["Sec-Fetch-Site: same-origin", "Sec-Fetch-Mode: no-cors"], is: .passed),
        request("GET", nil, ["Sec-Fetch-Site: same-origin"], reach: .oauthOnly, is: .refused(.originNotListed)),
        request("GET", nil, ["Sec-Fetch-Site: cross-site"], is: .refused(.crossSite)),
        request("HEAD", nil, ["Sec-Fetch-Site: cross-site"], is: .refused(.crossSite)),
        request("GET", nil, ["Sec-Fetch-Site: same-site"], is: .refused(.crossSite)),
        request(
            "GET", nil, ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: image"],
            is: .refused(.crossSite)),
        request(
            "GET", nil, ["Sec-Fetch-Site: same-site", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: script"],
            is: .refused(.crossSite)),
        request(
            "GET", nil, ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-User: ?1"],
            is: .refused(.crossSite)),
        request("GET", nil, ["Sec-Fetch-Site: same-site", "Sec-Fetch-Mode: navigate"], is: .refused(.crossSite)),
        request("GET", nil, ["Sec-Fetch-Site: Same-Origin"], is: .refused(.crossSite)),
        request("GET", nil, ["Sec-Fetch-Site:"], is: .refused(.crossSite)),
        request("GET", nil, ["Sec-Fetch-Site: later-invention"], is: .refused(.crossSite)),
        request("POST", nil, ["Sec-Fetch-Site: cross-site", "Content-Type: text/plain"], is: .refused(.crossSiteForm)),
        request(
            "POST", nil, ["Sec-Fetch-Site: cross-site", "Content-Type: application/json"], is: .refused(.crossSite)),
        request("POST", nil, ["Sec-Fetch-Site: same-site"], is: .refused(.crossSiteForm)),
        request("GET", nil, ["Sec-Fetch-Site: none", "Sec-Fetch-Site: none"], is: .refused(.fieldRepeated)),
        request("GET", nil, ["Sec-Fetch-Site: none", "Sec-Fetch-Site: cross-site"], is: .refused(.fieldRepeated)),
        request("GET", nil, ["Sec-Fetch-Mode: cors", "Sec-Fetch-Mode: no-cors"], is: .refused(.fieldRepeated)),
        request("POST", "http://localhost:3000", ["Sec-Fetch-Mode: no-cors"], is: .refused(.noCORSWrite)),
        request("POST", nil, ["Sec-Fetch-Mode: no-cors"], is: .refused(.noCORSWrite)),
        request("POST", nil, ["Sec-Fetch-Site: same-origin", "Sec-Fetch-Mode: no-cors"], is: .refused(.noCORSWrite)),
        request("PATCH", "http://localhost:22786", ["Sec-Fetch-Mode: no-cors"], is: .refused(.noCORSWrite)),
        request("POST", "http://localhost:3000", ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: cors"], is: .granted),
        request("GET", "http://localhost:3000", ["Sec-Fetch-Site: same-site", "Sec-Fetch-Mode: cors"], is: .granted),
        request(
            "POST", "http://localhost:22786", ["Sec-Fetch-Site: same-origin", "Sec-Fetch-Mode: cors"], is: .granted),
    ]

    // With a list of the user's: it and nothing else, on all routes.
    static let byList: [AdmissionCase] = [
        request("GET", "https://app.example.com", is: .granted),
        request("GET", "https://app.example.com", reach: .oauthOnly, is: .granted),
        request("DELETE", "https://app.example.com", reach: .oauthOnly, is: .granted),
        request("GET", "https://app.example.com:443", is: .refused(.originNotAllowed)),
        request("GET", "https://app.example.com:8443", is: .refused(.originNotAllowed)),
        request("GET", "http://app.example.com", is: .refused(.originNotAllowed)),
        request("GET", "https://app.example.co", is: .refused(.originNotAllowed)),
        request("GET", "https://app.example.comx", is: .refused(.originNotAllowed)),
        request("GET", "https://xapp.example.com", is: .refused(.originNotAllowed)),
        request("GET", "https://a.app.example.com", is: .refused(.originNotAllowed)),
        request("GET", "https://appxexample.com", is: .refused(.originNotAllowed)),
        request("GET", "https://app.example.com.", is: .refused(.originNotAllowed)),
        request("GET", "https://app.example.com.evil.com", is: .refused(.originNotAllowed)),
        request("GET", "https://App.example.com", is: .refused(.originMalformed)),
        request("GET", "https://app.example.com/", is: .refused(.originMalformed)),
        request("GET", "http://localhost:5173", is: .granted),
        request("GET", "http://localhost:5173", reach: .oauthOnly, is: .granted),
        request("GET", "http://localhost:51730", is: .refused(.originNotAllowed)),
        request("GET", "http://localhost:517", is: .refused(.originNotAllowed)),
        request("GET", "http://localhost", is: .refused(.originNotAllowed)),
        request("GET", "http://127.0.0.1:1", is: .granted),
        request("GET", "http://127.0.0.1", reach: .oauthOnly, is: .granted),
        request("GET", "http://127.0.0.10:1", is: .refused(.originNotAllowed)),
        request("GET", "https://odd.example:8443", is: .granted),
        request("GET", "https://odd.example", is: .refused(.originNotAllowed)),
        request("GET", "chrome-extension://abcdefgh", is: .granted),
        request("GET", "chrome-extension://abcdefgh", reach: .oauthOnly, is: .refused(.originNotListed)),
        request("GET", "chrome-extension://abcdefghi", is: .refused(.originNotAllowed)),
        request("GET", "https://[2001:db8::1]", is: .granted),
        request("GET", "https://[2001:db8::2]", is: .refused(.originNotAllowed)),
        request("GET", "https://maps.example.com", is: .granted),
        request("GET", "https://maps.example.com", reach: .oauthOnly, is: .refused(.originNotListed)),
        request("GET", "http://maps.example.com", is: .refused(.originNotAllowed)),
        // Its own origin needs no listing on token routes, in either case of letters of the Host.
        request("GET", "http://localhost:22786", is: .granted),
        AdmissionCase(fields: ["Host: LOCALHOST:22786", "Origin: http://localhost:22786"], outcome: .granted),
        AdmissionCase(
            fields: ["Host: localhost:22786", "Origin: https://localhost:22786"], outcome: .refused(.originNotAllowed)),
        AdmissionCase(
            fields: ["Host: localhost:22786", "Origin: https://localhost:22786"],
            listener: .tcp(port: 22786, isTLS: true), outcome: .granted),
        AdmissionCase(
            fields: ["Host: localhost:22786", "Origin: http://[::1]:22786"], outcome: .refused(.originNotAllowed)),
        // A page of ours that named no origin, where ours is listed.
        AdmissionCase(
            fields: ["Host: localhost:5173", "Sec-Fetch-Site: same-origin"], reach: .oauthOnly, outcome: .passed),
        AdmissionCase(
            fields: ["Host: 127.0.0.1:9", "Sec-Fetch-Site: same-origin"], reach: .oauthOnly, outcome: .passed),
        AdmissionCase(
            fields: ["Host: localhost:5174", "Sec-Fetch-Site: same-origin"], reach: .oauthOnly,
            outcome: .refused(.originNotListed)),
        AdmissionCase(
            fields: ["Host: evil.example", "Origin: https://app.example.com"], outcome: .refused(.hostNotServed)),
        AdmissionCase(
            fields: ["Host: evil.example", "Origin: http://evil.example", "Sec-Fetch-Site: same-origin"],
            outcome: .refused(.hostNotServed)),
    ]

    @Test(arguments: byDefault + fetchMetadata)
    func withTheDefaultList(_ item: AdmissionCase) {
        #expect(item.run(AdmissionRules()).outcome == item.outcome)
    }

    @Test(arguments: byList)
    func withAList(_ item: AdmissionCase) {
        #expect(item.run(Self.listed).outcome == item.outcome)
    }

    @Test func atLeastAHundredAndFiftyCases() {
        let hosts =
            HostTests.served.count + HostTests.strange.count + HostTests.malformed.count + HostTests.written.count
        let total =
            hosts + Self.byDefault.count + Self.fetchMetadata.count + Self.byList.count + PreflightTests.cases.count
            + UpgradeTests.cases.count + CraftedOriginTests.cases.count
        print("admission cases:", total)
        #expect(total >= 150)
    }

    @Test func theHintNamesTheLineThatWouldAllowIt() {
        func hint(_ item: AdmissionCase) -> String? { item.run(AdmissionRules()).refusal?.hint }
        #expect(
            hint(Self.request("GET", "https://app.example.com", is: .passed))
                == "allowed by: origins: [https://app.example.com]")
        #expect(
            hint(Self.request("GET", "http://localhost:3000", reach: .oauthOnly, is: .passed))
                == "allowed by: origins: [http://localhost:3000]")
        for malformed in ["null", "<script>", "http://a b"] {
            #expect(hint(Self.request("GET", malformed, is: .passed))?.contains("[\(malformed)]") == false)
        }
    }

    @Test func refusalsHaveStatusesAndFixedTexts() {
        for rule in RefusalRule.allCases {
            #expect([400, 403, 421].contains(rule.status))
            #expect(!rule.error.isEmpty)
            #expect(rule.rawValue.allSatisfy { $0.isLowercase || $0 == "-" })
        }
        #expect(RefusalRule.hostNotServed.status == 421)
        #expect(RefusalRule.originNotAllowed.status == 403)
    }
}
