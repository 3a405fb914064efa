import Configuration
import Testing

@Suite struct BaseURLTests {
    @Test(arguments: [
        ("https://gcp-us-east1.api.carto.com", "https://gcp-us-east1.api.carto.com"),
        ("https://gcp-us-east1.api.carto.com/", "https://gcp-us-east1.api.carto.com"),
        ("HTTPS://GCP-us-east1.API.carto.com", "https://gcp-us-east1.api.carto.com"),
        ("https://carto.example.com/api", "https://carto.example.com/api"),
        ("https://carto.example.com/api/", "https://carto.example.com/api"),
        ("https://carto.example.com/API/x-1._~!$&'()*+,=:@", "https://carto.example.com/API/x-1._~!$&'()*+,=:@"),
        ("https://carto.example.com:443/api", "https://carto.example.com/api"),
        ("https://carto.example.com:8443", "https://carto.example.com:8443"),
        ("https://my_service", "https://my_service"),
        ("https://192.0.2.1:8443", "https://192.0.2.1:8443"),
        ("https://[2001:DB8::0:1]/api", "https://[2001:db8::1]/api"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://127.8.9.1", "http://127.8.9.1"),
        ("http://[::1]:80/x", "http://[::1]/x"),
    ])
    func acceptsAndNormalises(text: String, expected: String) throws {
        let url = try BaseURL(text, for: .upstream)
        #expect(url.description == expected)
        #expect(try BaseURL(url.description, for: .upstream) == url)
    }

    @Test(arguments: [
        "", "gcp-us-east1.api.carto.com", "//host", "https:/host", "https:host", "ftp://host", "https://",
        "https:///api", "https://user@host", "https://user:pass@host", "https://host?x=1", "https://host/?",
        "https://host#f", "https://host/a//b", "https://host//", "https://host/./a", "https://host/a/..",
        "https://host/a%2Fb", "https://host/a;b", "https://host/a\\b", "https://host\\@evil", "https://host/{x}",
        "https://ho st", "https://host\n", "https://host\u{0}", "https://höst", "https://host/ä",
        "https://host.", "https://.host", "https://a..b", "https://-a", "https://a-", "https://host:",
        "https://host:0", "https://host:65536", "https://host:+1", "https://host:01", "https://host:1:2",
        "https://127.1", "https://0x7f000001", "https://2130706433", "https://0177.0.0.1", "https://1.2.3.4.5",
        "https://256.1.1.1", "https://example.0x1", "https://[::1", "https://::1", "https://[127.0.0.1]",
        "https://[fe80::1%25eth0]", "https://[::1]x", "https://*.carto.com", "https://a,b",
        "http://example.com", "http://127.0.0.1.example.com", "http://localhost.example.com",
        "http://app.localhost", "http://[::ffff:127.0.0.1]", "http://0.0.0.0",
    ])
    func refuses(text: String) {
        #expect(throws: ValueProblem.self) { try BaseURL(text, for: .upstream) }
    }

    @Test func anEndpointKeepsItsSlash() throws {
        #expect(try BaseURL("https://host/token/", for: .endpoint).description == "https://host/token/")
        #expect(try BaseURL("https://host/", for: .endpoint).description == "https://host")
        #expect(throws: ValueProblem.self) { try BaseURL("https://host/token//", for: .endpoint) }
        #expect(throws: ValueProblem.self) { try BaseURL("http://host/token", for: .endpoint) }
    }

    @Test func ourOwnAddressMayBePlain() throws {
        #expect(try BaseURL("http://maps.example.com:8080/x", for: .ownAddress).authority == "maps.example.com:8080")
    }

    @Test func partsAreTyped() throws {
        let url = try BaseURL("https://[2001:db8::1]:8443/api", for: .upstream)
        #expect(url.scheme == .https)
        #expect(url.port == 8443)
        #expect(url.path == "/api")
        #expect(url.host.bare == "2001:db8::1")
        #expect(url.authority == "[2001:db8::1]:8443")
        #expect(url.appending(path: "/oauth/token").description == "https://[2001:db8::1]:8443/api/oauth/token")
    }

    @Test(arguments: [
        ("::", "::"), ("::1", "::1"), ("1::", "1::"), ("0:0:0:0:0:0:0:1", "::1"), ("1:0:0:2:0:0:0:3", "1:0:0:2::3"),
        ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"), ("::ffff:192.0.2.1", "::ffff:c000:201"),
        ("1:0:0:2:3:0:0:4", "1::2:3:0:0:4"), ("ABCD::EF", "abcd::ef"), ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
    ])
    func addressesHaveOneSpelling(text: String, expected: String) {
        #expect(InternetAddress(text.utf8)?.description == expected)
    }

    @Test(arguments: [
        "", ":", ":::", "1", "1:2", "1::2::3", "12345::", "g::", "::1:", ":1::", "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7:8::", "::1.2.3", "::1.2.3.4:5", "1.2.3.4::", "1.2.3", "01.2.3.4", "1.2.3.4 ",
    ])
    func otherSpellingsAreNone(text: String) {
        #expect(InternetAddress(text.utf8) == nil)
    }
}
