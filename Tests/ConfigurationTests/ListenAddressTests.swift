import Configuration
import Testing

@Suite struct ListenAddressTests {
    @Test(arguments: [
        ("127.0.0.1:22786", ["127.0.0.1:22786"]), ("[::1]:0", ["[::1]:0"]), ("0.0.0.0:80", ["0.0.0.0:80"]),
        ("localhost:8080", ["127.0.0.1:8080", "[::1]:8080"]), ("8080", ["127.0.0.1:8080", "[::1]:8080"]),
        ("unix:/run/cartouche.sock", ["unix:/run/cartouche.sock"]), ("https://0.0.0.0:8443", ["https://0.0.0.0:8443"]),
        ("https://[::]:8443", ["https://[::]:8443"]),
        ("https://localhost:8443", ["https://127.0.0.1:8443", "https://[::1]:8443"]),
    ])
    func reads(text: String, expected: [String]) throws {
        #expect(try ListenAddress.parse(text).map(\.description) == expected)
    }

    @Test(arguments: [
        "", ":", ":8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "::1:80", "[::1]",
        "example.com:80", "*:80", "127.1:80", "unix:", "unix:relative", "unix:/a/", "unix:/a\nb",
        "unix:/" + String(repeating: "x", count: 103), "http://127.0.0.1:80", "127.0.0.1:080",
        "https://127.0.0.1", "https://127.0.0.1:80/", "https://unix:/s", "https://example.com:443", "https://",
    ])
    func refuses(text: String) {
        #expect(throws: ValueProblem.self) { try ListenAddress.parse(text) }
    }

    @Test(arguments: [
        ("127.0.0.1:1", true), ("127.255.0.1:1", true), ("[::1]:1", true), ("unix:/s", true), ("0.0.0.0:1", false),
        ("[::]:1", false), ("[::ffff:127.0.0.1]:1", false), ("10.0.0.1:1", false),
    ])
    func knowsWhatIsLocal(text: String, isLocal: Bool) throws {
        #expect(try ListenAddress.parse(text).allSatisfy { $0.isLocal == isLocal })
    }
}
