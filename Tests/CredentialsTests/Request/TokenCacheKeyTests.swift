import Credentials
import Testing

struct TokenCacheKeyTests {
    private func key(
        isSecure: Bool = true, host: String = "auth.example", port: UInt16 = 443, path: String = "/oauth/token",
        clientID: String = "id", audience: String? = "a", scope: String? = nil,
        parameters: [OAuthClient.Parameter] = [], authentication: OAuthClient.Authentication = .body
    ) throws -> TokenCacheKey {
        TokenCacheKey(
            of: try OAuthClient(
                endpoint: TokenEndpoint(isSecure: isSecure, host: host, port: port, path: path), clientID: clientID,
                audience: audience, scope: scope, parameters: parameters, authentication: authentication))
    }

    @Test func everythingATokenDependsOnTellsKeysApart() throws {
        let keys = try [
            key(), key(isSecure: false), key(host: "auth.example.org"), key(port: 444), key(path: "/token"),
            key(clientID: "id2"), key(audience: "b"), key(audience: nil), key(audience: ""), key(scope: "read"),
            key(scope: ""), key(parameters: [.init(name: "o", value: "1")]),
            key(parameters: [.init(name: "o", value: "2")]), key(parameters: [.init(name: "o1", value: "")]),
            // The same characters, shared out differently.
            key(clientID: "ida", audience: ""), key(audience: nil, scope: "a"),
            key(parameters: [.init(name: "a", value: "bc")]), key(parameters: [.init(name: "ab", value: "c")]),
        ]
        #expect(Set(keys).count == keys.count)
        #expect(Set(keys.map(\.fileStem)).count == keys.count)
    }

    @Test func whatMakesNoDifferenceMakesNone() throws {
        #expect(try key() == key(host: "AUTH.Example"))
        #expect(try key() == key(authentication: .basic))
        let one = OAuthClient.Parameter(name: "a", value: "1")
        let two = OAuthClient.Parameter(name: "b", value: "2")
        #expect(try key(parameters: [one, two]) == key(parameters: [two, one]))
    }

    @Test func stringsThatOnlyLookAlikeDiffer() throws {
        #expect(try key(clientID: "e\u{301}") != key(clientID: "\u{E9}"))
    }

    @Test func fileStemIsSixteenHexadecimalDigits() throws {
        let stem = try key().fileStem
        #expect(stem.utf8.count == 16 && stem.allSatisfy { $0.isHexDigit })
    }
}
