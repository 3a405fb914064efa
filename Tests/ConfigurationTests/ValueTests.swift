import Configuration
import Testing

@Suite struct ValueTests {
    @Test(arguments: [
        ("http://localhost:*", "http://localhost:*"), ("HTTPS://App.Example.com", "https://app.example.com"),
        ("https://app.example.com:443", "https://app.example.com"), ("http://x:443", "http://x:443"),
        ("http://[::1]:*", "http://[::1]:*"), ("chrome-extension://abcdef", "chrome-extension://abcdef"),
        ("tauri://localhost", "tauri://localhost"), ("https://host:8443", "https://host:8443"),
    ])
    func originsAreRead(text: String, expected: String) throws {
        #expect(try OriginPattern(text).description == expected)
    }

    @Test(arguments: [
        "*", "null", "NULL", "example.com", "https://", "https://*", "https://*.example.com", "https://a/b",
        "https://a/", "https://a?b", "file:///x", "data://x", "https://user@a", "://a", "1a://b", "https://a:",
        "https://a:0", "https://a:x", "https://[::1", "https:// a",
    ])
    func originsAreRefused(text: String) {
        #expect(throws: ValueProblem.self) { try OriginPattern(text) }
    }

    @Test(arguments: [
        ("maps.example.com", "maps.example.com"), ("Maps.Example.com:8080", "maps.example.com:8080"),
        ("10.0.0.1", "10.0.0.1"), ("[2001:db8::1]:80", "[2001:db8::1]:80"),
    ])
    func serverNamesAreRead(text: String, expected: String) throws {
        #expect(try ServerName(text).description == expected)
    }

    @Test(arguments: ["", "http://a", "a/b", "*.a", "a b", "a.", "user@a", "a:", "::1"])
    func serverNamesAreRefused(text: String) {
        #expect(throws: ValueProblem.self) { try ServerName(text) }
    }

    @Test(arguments: [
        ("75s", Duration.seconds(75), "75s"), ("75", .seconds(75), "75s"), ("500ms", .milliseconds(500), "500ms"),
        ("2m", .seconds(120), "2m"), ("60s", .seconds(60), "1m"), ("1h", .seconds(3600), "1h"), ("0", .zero, "0s"),
        ("1d", .seconds(86_400), "1d"), ("1500ms", .milliseconds(1500), "1500ms"),
    ])
    func durations(text: String, expected: Duration, written: String) throws {
        #expect(try Quantity.duration(text) == expected)
        #expect(Quantity.text(expected) == written)
    }

    @Test(arguments: [
        "", "s", "-1s", "1.5s", "1 s", "1S", "1w", "+1", "01s", "1e3", "99999999999999999999", "9223372036854775807d",
    ])
    func noDurations(text: String) {
        #expect(throws: ValueProblem.self) { try Quantity.duration(text) }
    }

    @Test(arguments: [("512", 512, "512"), ("16KiB", 16384, "16KiB"), ("1MiB", 1 << 20, "1MiB"), ("0", 0, "0")])
    func sizes(text: String, expected: Int, written: String) throws {
        #expect(try Quantity.size(text) == expected)
        #expect(Quantity.text(size: expected) == written)
    }

    @Test(arguments: ["", "KiB", "16k", "16KB", "16 KiB", "-1", "9223372036854775807KiB"])
    func noSizes(text: String) {
        #expect(throws: ValueProblem.self) { try Quantity.size(text) }
    }

    @Test(arguments: [
        ("api_base_ur", "api_base_url"), ("apibaseurl", "api_base_url"), ("LISTEN", "listen"),
        ("client-id", "client_id"), ("client_sceret", "client_secret"), ("lsiten", "listen"),
    ])
    func namesAreGuessed(name: String, expected: String) {
        #expect(NearestName.of(name, among: KeyTable.all.map(\.name)) == expected)
    }

    @Test(arguments: ["", "x", "database", String(repeating: "a", count: 1000)])
    func namesAreNotGuessed(name: String) {
        #expect(NearestName.of(name, among: KeyTable.all.map(\.name)) == nil)
    }

    @Test func whatIsShownIsHarmless() {
        #expect(Quoted.text("plain") == "\"plain\"")
        #expect(Quoted.text("a\nb\u{1B}[2J\u{202E}\u{2028}") == "\"a?b?[2J??\"")
        #expect(Quoted.text("https://user:password@host/x") == "\"https://@host/x\"")
        #expect(Quoted.text("https://user:pass@word@host/x") == "\"https://@host/x\"")
        #expect(Quoted.text(String(repeating: "x", count: 100)).count == 83)
    }

    @Test(arguments: [("/a/b.c-d", "/a/b.c-d"), ("/a b", "'/a b'"), ("it's", #"'it'\''s'"#), ("", "''")])
    func shellWords(text: String, expected: String) {
        #expect(ShellWord.quoted(text) == expected)
    }
}
