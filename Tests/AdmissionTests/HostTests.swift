import Admission
import Testing
import Wire

@Suite struct HostTests {
    static let rules: AdmissionRules = {
        do {
            return AdmissionRules(
                servedNames: [
                    try .parse("proxy.internal"), try .parse("Team.Example:8443"), try .parse("192.168.1.5:22786"),
                    try .parse("[fd00::1]:22786"), try .parse("xn--bcher-kva.example"),
                ],
                publicOrigin: try .ofURL("https://maps.example.com/carto"))
        } catch {
            Issue.record(error)
            return AdmissionRules()
        }
    }()

    static func host(_ value: String, _ outcome: AdmissionCase.Outcome) -> AdmissionCase {
        AdmissionCase(fields: ["Host: \(value)"], outcome: outcome)
    }

    static let served = [
        "localhost", "localhost:22786", "LOCALHOST:22786", "LocalHost", "localhost:80", "localhost:1",
        "localhost:65535",
        "127.0.0.1", "127.0.0.1:22786", "127.0.0.1:9999", "[::1]", "[::1]:22786", "[::1]:9999",
        "proxy.internal", "PROXY.internal:22786", "team.example:8443", "TEAM.EXAMPLE:8443", "192.168.1.5:22786",
        "[fd00::1]:22786",
        "[FD00::1]:22786", "xn--bcher-kva.example", "maps.example.com", "maps.example.com:443", "MAPS.example.com",
        "  localhost  ",
    ].map { host($0, .passed) }

    static let strange = [
        "evil.example", "evil.example:22786", "localhost.evil.com", "localhost.evil.com:22786", "evil.com.localhost",
        "app.localhost",
        "localhost.", "localhost.:22786", "127.0.0.1.", "127.0.0.1.nip.io", "127.1", "127.0.1", "127.0.0.2",
        "2130706433", "0x7f.1",
        "0x7f000001", "0177.0.0.1", "0177.1", "017700000001", "127.0.0.01", "127.0.0.1e0", "0", "0.0.0.0",
        "0.0.0.0:22786",
        "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:0:0:1]", "[::]", "[::1.2.3.4]", "[::2]", "[::01]",
        "localhos", "localhostt", "xlocalhost", "local-host", "host", "proxy.internal:80", "proxy.internal:9999",
        "proxy.internal.",
        "proxyxinternal", "internal", "a.proxy.internal", "team.example", "team.example:443", "team.example:22786",
        "192.168.1.5", "192.168.1.5:80", "192.168.1.6:22786", "[fd00::1]", "maps.example.com:80",
        "maps.example.com:22786",
        "maps.example.com.", "xmaps.example.com", "gcp-us-east1.api.carto.com", "auth.carto.com", "1.1.1.1", "*",
        "metadata.google.internal",
        "localhost-", "-localhost", "localhost_", "localhost,evil.example", "127.0.0.1,evil",
        "b\u{FC}cher.example".replacing("\u{FC}", with: "ue"),
    ].map { host($0, .refused(.hostNotServed)) }

    /// Refused by the grammar of the field, whichever of the two places finds it.
    static let malformed = [
        "", "localhost:", "localhost:0", "localhost:65536", "localhost:999999", "localhost:x", "localhost:22786x",
        "localhost:+1",
        "localhost:-1", "localhost: 22786", "localhost:22786:1", "localhost:22786/", "localhost/", "localhost/x",
        "http://localhost",
        "user@localhost", "user:pw@localhost:22786", "localhost@evil.example", "[::1", "::1", "::1:22786", "[::1]22786",
        "[::1]:",
        "[::1%25lo]", "[::1%lo]", "[]", "[localhost]", ":22786", "local host", "localhost evil", "localhost\tevil",
        "b\u{FC}cher.example",
        "\u{212A}", "localhost\u{0}", "%6cocalhost", "localhost%00", "localhost#", "localhost?", "localhost\\evil",
        "\"localhost\"",
        "localhost:\u{661}",
    ].map { host($0, .malformed) }

    static let written = [
        AdmissionCase(fields: ["Host: localhost:00080"], outcome: .refused(.hostMalformed)),
        AdmissionCase(fields: ["Host: localhost:022786"], outcome: .malformed),
        AdmissionCase(fields: ["Host: localhost:080"], outcome: .refused(.hostMalformed)),
        AdmissionCase(fields: [], outcome: .malformed),
        AdmissionCase(fields: [], version: "1.0", outcome: .refused(.hostMissing)),
        AdmissionCase(fields: ["Host: localhost"], version: "1.0", outcome: .passed),
        AdmissionCase(fields: ["Host: localhost", "Host: localhost"], outcome: .malformed),
        AdmissionCase(fields: ["Host: localhost", "Host: evil.example"], outcome: .malformed),
        AdmissionCase(
            fields: ["Host: evil.example", "X-Forwarded-Host: localhost"], outcome: .refused(.hostNotServed)),
        AdmissionCase(fields: ["Host: localhost", "X-Forwarded-Host: evil.example"], outcome: .passed),
        AdmissionCase(target: "http://localhost:22786/v3", fields: ["Host: localhost:22786"], outcome: .passed),
        AdmissionCase(target: "http://127.0.0.1/v3", fields: ["Host: localhost"], outcome: .passed),
        AdmissionCase(target: "http://evil.example/v3", fields: ["Host: localhost"], outcome: .refused(.hostNotServed)),
        AdmissionCase(target: "http://localhost/v3", fields: ["Host: evil.example"], outcome: .refused(.hostNotServed)),
        AdmissionCase(target: "https://localhost/v3", fields: ["Host: localhost"], outcome: .refused(.schemeNotServed)),
        AdmissionCase(
            target: "https://localhost/v3", fields: ["Host: localhost"], listener: .tcp(port: 8443, isTLS: true),
            outcome: .passed),
        AdmissionCase(
            target: "http://localhost/v3", fields: ["Host: localhost"], listener: .tcp(port: 8443, isTLS: true),
            outcome: .refused(.schemeNotServed)),
        AdmissionCase(target: "http://user@localhost/v3", fields: ["Host: localhost"], outcome: .malformed),
        AdmissionCase(target: "ftp://localhost/v3", fields: ["Host: localhost"], outcome: .malformed),
        AdmissionCase(fields: ["Host: localhost"], listener: .unix, outcome: .passed),
        AdmissionCase(fields: ["Host: evil.example"], listener: .unix, outcome: .refused(.hostNotServed)),
        AdmissionCase(fields: ["Host: proxy.internal"], listener: .unix, outcome: .passed),
        AdmissionCase(fields: ["Host: proxy.internal:22786"], listener: .unix, outcome: .refused(.hostNotServed)),
        AdmissionCase(fields: ["Host: proxy.internal:8443"], listener: .tcp(port: 8443, isTLS: true), outcome: .passed),
    ]

    @Test(arguments: served + strange + malformed + written)
    func judges(_ item: AdmissionCase) {
        #expect(item.run(Self.rules).outcome == item.outcome)
    }

    @Test func theHintNamesALineOnlyForWhatCouldBeAName() {
        func hint(_ host: String) -> String {
            Self.host(host, .passed).run(Self.rules).refusal?.hint ?? ""
        }
        #expect(hint("nas.home:22786").contains("server_names: [nas.home]"))
        for host in ["127.1", "2130706433", "0x7f.1", "localhost.", "[::ffff:127.0.0.1]", "0.0.0.0", "a'b", "*"] {
            #expect(!hint(host).contains(host), "\(host)")
            #expect(hint(host).contains("localhost, 127.0.0.1 or [::1]"))
        }
    }

    @Test func theAuthorityIsTheOneForURLsInAnswers() throws {
        let item = AdmissionCase(target: "http://127.0.0.1:9/v3", fields: ["Host: localhost:22786"], outcome: .passed)
        let head = try #require(item.head)
        guard case .admitted(let visitor) = Self.rules.admit(head, at: .unix) else {
            Issue.record("refused")
            return
        }
        #expect(head.storage[visitor.authority.range].elementsEqual("127.0.0.1:9".utf8))
        #expect(visitor.kind == .program)
    }

    @Test(arguments: ["", "a b", "a:0", "a:", "http://a", "a/b", "*.example.com", "u@a", "[::1", "a:99999"])
    func namesThatAreNone(_ text: String) {
        #expect(throws: AdmissionError.nameMalformed) { try ServedName.parse(text) }
        #expect(throws: AdmissionError.notASCII) { try ServedName.parse("b\u{FC}cher.example") }
    }
}
