import Rewriting
import Testing

@Suite struct UpstreamBasesTests {
    private let api = "https://api.carto.com"

    @Test(arguments: [
        ("https://api.carto.com", 21), ("https://api.carto.com/", 21), ("https://api.carto.com/v3/x", 21),
        ("https://api.carto.com?x", 21), ("https://api.carto.com#x", 21), ("HTTPS://API.Carto.COM/v3", 21),
        ("https://api.carto.com:443/v3", 25), ("https://api.carto.com:443", 25),
    ])
    func anURLOfTheBaseIsKnown(url: String, length: Int) {
        let url = Array(url.utf8)
        #expect(UpstreamBases([Array(api.utf8)]).prefixLength(of: url.span) == length)
    }

    @Test(arguments: [
        "https://api.carto.com.evil.example/v3", "https://api.carto.com:8443/", "https://api.carto.com:4430/",
        "https://api.carto.com@evil.example/", "https://api.carto.com:443@evil.example/", "http://api.carto.com/",
        "https://api.carto.co", "https://api.carto.com\\@evil.example", "https://evil.example/https://api.carto.com/",
        "//api.carto.com/", "/v3/maps", "", " https://api.carto.com/", "https://api.carto.com%2f",
        "https://apixcarto.com/",
    ])
    func anotherURLIsNot(url: String) {
        let url = Array(url.utf8)
        #expect(UpstreamBases([Array(api.utf8)]).prefixLength(of: url.span) == nil)
    }

    @Test func aPathBelongsToTheBaseAndComparesExactly() {
        let bases = UpstreamBases([Array("https://Maps.example.com:443/API/".utf8)])
        for (url, length) in [
            ("https://maps.example.com/API/v3", 28), ("https://maps.example.com:443/API", 32),
            ("https://maps.example.com/api/v3", nil), ("https://maps.example.com/APIs", nil),
            ("https://maps.example.com/", nil),
        ] {
            let url = Array(url.utf8)
            #expect(bases.prefixLength(of: url.span) == length, "\(url)")
        }
    }

    @Test func theLongestOfSeveralCounts() {
        let bases = UpstreamBases(["https://host", "https://host/api", "https://other"].map { Array($0.utf8) })
        for (url, length) in [("https://host/api/v3", 16), ("https://host/apis", 12), ("https://other/", 13)] {
            let url = Array(url.utf8)
            #expect(bases.prefixLength(of: url.span) == length)
        }
    }

    @Test func anotherPortOfTheBaseIsPartOfIt() {
        let bases = UpstreamBases(["http://localhost:8080", "http://[::1]"].map { Array($0.utf8) })
        for (url, length) in [
            ("http://localhost:8080/", 21), ("http://localhost/", nil), ("http://localhost:80801/", nil),
            ("http://localhost:8080:80/", nil), ("http://[::1]:80/", 15), ("http://[::1]/", 12),
        ] {
            let url = Array(url.utf8)
            #expect(bases.prefixLength(of: url.span) == length)
        }
    }

    @Test(arguments: ["", "/", "https", "https://", "https:///path", "api.carto.com", "://x", ":"])
    func whatIsNoBaseMatchesNothing(base: String) {
        let bases = UpstreamBases([Array(base.utf8)])
        #expect(bases.isEmpty)
        for url in ["", "/", "https://", "https://api.carto.com/", base] {
            let url = Array(url.utf8)
            #expect(bases.prefixLength(of: url.span) == nil)
        }
    }
}
