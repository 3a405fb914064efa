import TestSupport
import Testing

@testable import Proxy

@Suite struct FormFilterTests {
    private func filter(_ pieces: [[UInt8]]) -> String {
        var filter = FormFilter()
        var output: [UInt8] = []
        for piece in pieces { filter.filter(piece.span, into: &output) }
        filter.finish(into: &output)
        return String(decoding: output, as: UTF8.self)
    }

    /// The pairs a reader of forms sees: empty ones are skipped.
    private func pairs(_ form: String) -> [Substring] { form.split(separator: "&") }

    private static let credentials = [
        "access_token", "ACCESS_TOKEN", "%61ccess%5Ftoken", "token", "t%6fken", "%74%6F%6B%65%6E", "api_key",
        "Api%5fKey",
    ]
    private static let others = [
        "q", "tokens", "xtoken", "token_", "access-token", "%2574oken", "a%3Dtoken", "", "%", "%7", "tok%00en",
        "a_name_that_is_longer_than_any_credential_name_can_be_encoded",
    ]

    @Test(arguments: credentials) func credentialsAreBlanked(_ name: String) {
        #expect(filter([Array("a=1&\(name)=evil=more&b=2".utf8)]).contains("evil") == false)
        #expect(pairs(filter([Array("a=1&\(name)=evil&b=2".utf8)])) == ["a=1", "b=2"])
        #expect(pairs(filter([Array("\(name)=evil".utf8)])) == [])
        #expect(pairs(filter([Array("\(name)".utf8)])) == [])
        #expect(pairs(filter([Array("b=2&\(name)".utf8)])) == ["b=2"])
    }

    @Test(arguments: others) func othersStay(_ name: String) {
        let form = "a=1&\(name)=value&b=2"
        #expect(filter([Array(form.utf8)]) == form)
    }

    @Test func anySplitGivesTheSameBytesAndLength() {
        var random = SplitMix64(seed: 20)
        for _ in 0..<2000 {
            var expected: [String] = []
            var all: [String] = []
            for _ in 0..<Int.random(in: 0...6, using: &random) {
                let isCredential = Bool.random(using: &random)
                let name = (isCredential ? Self.credentials : Self.others).randomElement(using: &random)!
                let pair =
                    Bool.random(using: &random) ? "\(name)=v%61l=\(Int.random(in: 0..<100, using: &random))" : name
                all.append(pair)
                if !isCredential, !pair.isEmpty { expected.append(pair) }
            }
            let form = all.joined(separator: "&")
            let bytes = Array(form.utf8)
            let whole = filter([bytes])
            #expect(whole.utf8.count == bytes.count)
            #expect(pairs(whole).map(String.init) == expected, "\(form)")
            #expect(filter(random.pieces(of: bytes, longest: 5)) == whole)
            #expect(filter(bytes.map { [$0] }) == whole)
        }
    }
}

@Suite struct CredentialParameterTests {
    private func query(_ text: String) -> String {
        var output: [UInt8] = []
        CredentialParameter.appendQuery(Array(text.utf8).span, to: &output)
        return String(decoding: output, as: UTF8.self)
    }

    @Test(arguments: [
        ("", "?"), ("a=1", "?a=1"), ("a=1&token=x&b=2", "?a=1&b=2"), ("token=x", ""),
        ("token=x&token=y&a=%26", "?a=%26"),
        ("a=token=x", "?a=token=x"), ("%74oken=x&a=+b", "?a=+b"), ("API_KEY&x", "?x"), ("a&&b", "?a&&b"),
        ("access%5Ftoken=%0d%0aX", ""), ("%2574oken=x", "?%2574oken=x"),
    ])
    func onlyCredentialsGo(_ given: String, _ expected: String) { #expect(query(given) == expected) }

    /// Some readers split at semicolons, too; the API does not, but a name that holds one is not a credential's either.
    @Test func whatIsKeptIsKeptByteForByte() {
        var random = SplitMix64(seed: 3)
        let pieces = ["a", "=", "&", "%41", ";", "token", "tok", "en", "+", "%", "/", "?"]
        for _ in 0..<2000 {
            let text = (0..<Int.random(in: 0...8, using: &random)).map { _ in pieces.randomElement(using: &random)! }
                .joined()
            let kept = text.split(separator: "&", omittingEmptySubsequences: false)
                .filter { ($0.split(separator: "=", omittingEmptySubsequences: false).first ?? "") != "token" }
            if kept.count == text.split(separator: "&", omittingEmptySubsequences: false).count {
                #expect(query(text) == "?" + text)
            } else {
                #expect(
                    !query(text).split(whereSeparator: { "?&".contains($0) }).contains {
                        $0 == "token" || $0.hasPrefix("token=")
                    })
            }
        }
    }
}
