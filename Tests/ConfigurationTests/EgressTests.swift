import Configuration
import Foundation
import Testing

/// `egress_proxy` and `no_proxy`, and the variables that other programs know, too.
@Suite struct EgressTests {
    @Test(arguments: [
        ("http://proxy.example.com:3128", "http://proxy.example.com:3128", nil),
        ("HTTP://Proxy.Example.com:3128/", "http://proxy.example.com:3128", nil),
        ("proxy:8080", "http://proxy:8080", nil), ("http://proxy", "http://proxy:80", nil),
        ("http://127.0.0.1:3128", "http://127.0.0.1:3128", nil), ("http://[::1]:3128", "http://[::1]:3128", nil),
        ("http://user:pass@proxy:1", "http://proxy:1", "user:pass"), ("user:pass@proxy:1", "http://proxy:1", "user:pass"),
        ("http://user@proxy:1", "http://proxy:1", "user:"), ("http://user:@proxy:1", "http://proxy:1", "user:"),
        ("http://us%40er:p%3Aa%2Fs%25s@proxy:1", "http://proxy:1", "us@er:p:a/s%s"),
        ("http://user:p:a@s@proxy:1", "http://proxy:1", "user:p:a@s"),
        ("http://%C3%BC:p@proxy:1", "http://proxy:1", "ü:p"),
    ] as [(String, String, String?)])
    func proxiesAreRead(text: String, expected: String, credentials: String?) throws {
        let proxy = try #require(try load(["CARTOUCHE_EGRESS_PROXY": text]).settings.egress.proxy)
        #expect(proxy.description == expected)
        let told = proxy.credentials?.withExposedBytes { span in
            String(decoding: span.indices.map { span[$0] }, as: UTF8.self)
        }
        #expect(told == credentials)
    }

    @Test(arguments: [
        "https://proxy:3128", "socks5://proxy:1080", "socks5h://u:CANARY@proxy:1080", "http://", "http://:3128",
        "http://proxy:0", "http://proxy:65536", "http://proxy:x", "http://proxy/path", "http://proxy?query", "proxy#x",
        "http://user:CANARY@", "http://us%3Aer:CANARY@proxy", "http://u:CANARY%@proxy",
        "http://u:CANARY%4@proxy", "http://u:CANARY%0D%0AX@proxy", "http://u:CANARY%00@proxy", "http://u:CAN ARY@proxy",
        "http://u:CANARY/x@proxy", "http://::1:3128", "http://127.1:3128", "http://proxy.:3128",
    ])
    func proxiesAreRefused(text: String) {
        for variable in ["CARTOUCHE_EGRESS_PROXY", "HTTPS_PROXY", "https_proxy"] {
            let problems = problems([variable: text])
            #expect(problems.map(\.place) == [.variable(variable)])
            #expect(!"\(problems)".contains("CANARY") && !"\(problems)".contains("CAN ARY"))
        }
    }

    // MARK: Layers

    private func proxy(_ environment: [String: String], flags: [String: [String]] = [:], file: String? = nil) throws
        -> String?
    {
        try load(environment, flags: flags, file: file).settings.egress.proxy?.description
    }

    @Test func theStrongestPlaceDecides() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("egress_proxy: http://file:1\nno_proxy: [a.example]\n", to: "c.yaml")
        let usual = ["HTTPS_PROXY": "http://usual:1"]
        #expect(try proxy([:]) == nil)
        #expect(try proxy([:], file: file) == "http://file:1")
        #expect(try proxy(usual, file: file) == "http://usual:1")
        #expect(try proxy(["https_proxy": "http://lower:1"]) == "http://lower:1")
        let own = usual.merging(["CARTOUCHE_EGRESS_PROXY": "http://own:1"]) { $1 }
        #expect(try proxy(own, file: file) == "http://own:1")
        #expect(try proxy(own, flags: ["egress_proxy": ["http://flag:1"]], file: file) == "http://flag:1")
        #expect(try proxy(usual.merging(["CARTOUCHE_EGRESS_PROXY": "none"]) { $1 }, file: file) == nil)
        #expect(try proxy(usual, flags: ["egress_proxy": ["none"]]) == nil)
        // Plain HTTP stays on this machine.
        #expect(try proxy(["HTTP_PROXY": "http://plain:1", "http_proxy": "http://plain:1"]) == nil)
    }

    @Test func variablesOfAllProgramsMayDiffer() throws {
        let loaded = try load(["HTTPS_PROXY": "http://upper:1", "https_proxy": "http://lower:1"])
        #expect(loaded.settings.egress.proxy?.description == "http://lower:1")
        #expect(loaded.warnings.map(\.place) == [.variable("HTTPS_PROXY")])
    }

    /// What is meant for other programs is warned about; what is meant for us is a mistake.
    @Test func anElementThatIsNone() throws {
        for name in ["no_proxy", "NO_PROXY"] {
            let loaded = try load(["HTTPS_PROXY": "http://p:1", name: "<local>,172.16.*, a.example  b.example,"])
            #expect(loaded.warnings.map(\.place) == [.variable(name), .variable(name)])
            #expect(loaded.settings.egress.direct.count == 2)
        }
        #expect(problems(["CARTOUCHE_NO_PROXY": "172.16.*"]).map(\.place) == [.variable("CARTOUCHE_NO_PROXY")])
    }

    // MARK: The password

    @Test func aPasswordIsNoFlag() {
        let problems = problems(flags: ["egress_proxy": ["http://user:CANARY@proxy:1"]])
        #expect(problems.map(\.place) == [.flag("egress_proxy")])
        #expect(!"\(problems)".contains("CANARY"))
    }

    @Test func aFileWithAPasswordIsForItsOwner() throws {
        let folder = try TemporaryFolder()
        let open = try folder.write("egress_proxy: http://proxy:1\n", to: "open.yaml", mode: 0o644)
        #expect(throws: Never.self) { try load(file: open) }
        let closed = try folder.write("egress_proxy: http://user:CANARY@proxy:1\n", to: "closed.yaml", mode: 0o644)
        #expect(problems(file: closed).map(\.rule) == [.filesAreProtected])
        chmod(closed, 0o600)
        #expect(throws: Never.self) { try load(file: closed) }
    }

    @Test(arguments: ["CARTOUCHE_EGRESS_PROXY", "HTTPS_PROXY"])
    func theSummaryShowsTheProxyAndNotThePassword(variable: String) throws {
        let loaded = try load([variable: "http://user:CANARY@proxy:1"])
        #expect(loaded.summary.description.contains("http://<secret>@proxy:1  ($\(variable))"))
        #expect(!"\(loaded)".contains("CANARY") && !String(reflecting: loaded).contains("CANARY"))
    }

    // MARK: no_proxy

    private static let hosts: [(String, String, Bool)] = [
        ("*", "api.example.com", true), ("*", "192.0.2.7", true),
        // A name and all below it.
        ("example.com", "example.com", true), ("example.com", "api.example.com", true),
        ("example.com", "a.b.example.com", true), ("example.com", "badexample.com", false),
        ("example.com", "example.com.evil.test", false), ("example.com", "com", false),
        ("EXAMPLE.com", "example.com", true), ("example.com", "EXAMPLE.COM", true), ("example.com.", "example.com", true),
        // Below it only.
        (".example.com", "api.example.com", true), (".example.com", "example.com", false),
        (".example.com", "badexample.com", false), ("*.example.com", "api.example.com", true),
        ("*.example.com", "example.com", false),
        // Ports.
        ("example.com:443", "example.com", true), ("example.com:443", "api.example.com", true),
        ("example.com:8443", "example.com", false), ("example.com:8443", "example.com:8443", true),
        (".example.com:8443", "api.example.com:8443", true), ("192.0.2.7:443", "192.0.2.7", true),
        ("192.0.2.7:444", "192.0.2.7", false), ("[2001:db8::1]:443", "[2001:db8::1]", true),
        // Addresses and ranges.
        ("192.0.2.7", "192.0.2.7", true), ("192.0.2.7", "192.0.2.8", false), ("10.0.0.0/8", "10.255.0.1", true),
        ("10.0.0.0/8", "11.0.0.1", false), ("0.0.0.0/0", "192.0.2.7", true), ("0.0.0.0/0", "[2001:db8::1]", false),
        ("192.0.2.7/32", "192.0.2.7", true), ("2001:db8::1", "[2001:db8::1]", true),
        ("[2001:db8::1]", "[2001:db8:0::1]", true), ("2001:db8::/32", "[2001:db8:ffff::1]", true),
        ("2001:db8::/32", "[2001:db9::1]", false), ("::/0", "[2001:db8::1]", true),
        // A name is not looked up, and an address is no name.
        ("10.0.0.0/8", "ten.example.com", false), ("2.7", "192.0.2.7", false),
        // Several.
        ("a.example, b.example", "b.example", true), ("a.example,b.example", "c.example", false),
    ]

    @Test(arguments: hosts)
    func whoIsReachedDirectly(list: String, host: String, isDirect: Bool) throws {
        let settings = try load([
            "HTTPS_PROXY": "http://proxy:1", "NO_PROXY": list, "CARTOUCHE_API_BASE_URL": "https://\(host)",
        ]).settings
        #expect((settings.egress.proxy(for: settings.api.host, port: settings.api.port) == nil) == isDirect)
    }

    @Test(arguments: ["https://localhost", "https://127.0.0.1:8443", "http://127.3.2.1", "https://[::1]", "http://localhost:1"])
    func thisMachineAlwaysIs(base: String) throws {
        let settings = try load(["HTTPS_PROXY": "http://proxy:1", "CARTOUCHE_API_BASE_URL": base]).settings
        #expect(settings.egress.proxy(for: settings.api.host, port: settings.api.port) == nil)
        #expect(settings.egress.proxy(for: settings.accounts.host, port: settings.accounts.port) != nil)
    }

    @Test(arguments: [
        "<local>", "172.16.*", "a b c/d", "http://example.com", "10.0.0.1/8", "10.0.0.0/33", "example.com:0", "a..b", ".",
        "*.", "example.com:", ".10.0.0.1", "**", "ex*mple.com",
    ])
    func elementsThatAreNone(text: String) {
        #expect(!problems(flags: ["no_proxy": [text]]).isEmpty)
    }
}
