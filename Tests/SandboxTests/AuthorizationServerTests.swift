import Sandbox
import Testing

@Suite struct AuthorizationServerTests {
    private let bench = Bench()

    @Test func issuesABearerToken() {
        let answer = bench.token(Bench.goodForm)
        #expect(answer.status == 200)
        #expect(answer.first("cache-control") == "no-store")
        let document = json(answer)
        #expect(document["token_type"] == "Bearer")
        #expect(document["expires_in"] == 86_400)
        #expect(document["scope"]?.asText?.isEmpty == false)
        #expect(document["refresh_token"] == nil)
        #expect(bench.state.tokensIssued == 1)
    }

    @Test func claimsHaveTheShapeOfCARTOs() throws {
        let token = try #require(json(bench.token(Bench.goodForm))["access_token"]?.asText)
        let parts = token.split(separator: ".")
        #expect(parts.count == 3)
        #expect(try claims(String(parts[0])) == ["alg": "RS256", "typ": "JWT"])
        let payload = try claims(String(parts[1]))
        #expect(payload["aud"] == "carto-cloud-native-api")
        #expect(payload["iat"] == .integer(Bench.now))
        #expect(payload["exp"] == .integer(Bench.now + 86_400))
        #expect(payload["http://app.carto.com/account_id"]?.asText != nil)
        #expect(parts[2].utf8.count == 342)
    }

    @Test func apiAccessTokensAreShort() throws {
        let token = SandboxIdentity.random().apiAccessToken.withExposedBytes { bytes in
            String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self)
        }
        let parts = token.split(separator: ".").map(String.init)
        #expect(try claims(parts[0]) == ["alg": "HS256", "typ": "JWT"])
        let payload = try claims(parts[1])
        #expect(payload["a"]?.asText?.hasPrefix("ac_") == true)
        #expect(payload["jti"]?.asText?.isEmpty == false)
        #expect(payload["exp"] == nil)
    }

    @Test func takesTheClientFromBasicToo() {
        let form = "grant_type=client_credentials&audience=carto-cloud-native-api"
        let good = bench.token(form, fields: [("Authorization", "basic dGhlLWNsaWVudDp0aGUtc2VjcmV0")])
        #expect(good.status == 200)
        #expect(bench.token(form, fields: [("Authorization", "Basic dGhlLWNsaWVudDp3cm9uZw==")]).status == 401)
        #expect(bench.token(form, fields: [("Authorization", "Basic ???")]).status == 400)
        #expect(bench.token(form, fields: [("Authorization", "Bearer x")]).status == 400)
    }

    @Test(arguments: [
        ("client_id=the-client&client_secret=the-secret&audience=carto-cloud-native-api", 400, "invalid_request"),
        ("grant_type=password&client_id=the-client", 403, "unsupported_grant_type"),
        ("grant_type=client_credentials&audience=carto-cloud-native-api", 400, "invalid_request"),
        ("grant_type=client_credentials&client_id=the-client&client_secret=the-secret", 400, "invalid_request"),
        (
            "grant_type=client_credentials&client_id=the-client&client_secret=nope&audience=carto-cloud-native-api",
            401, "access_denied"
        ),
        (
            "grant_type=client_credentials&client_id=nobody&client_secret=the-secret&audience=carto-cloud-native-api",
            401, "access_denied"
        ),
        (
            "grant_type=client_credentials&client_id=the-client&client_secret=the-secret&audience=else", 403,
            "access_denied"
        ),
        ("grant_type=%zz", 400, "invalid_request"),
        ("", 400, "invalid_request"),
    ])
    func refuses(_ form: String, with status: Int, _ error: String) {
        let answer = bench.token(form)
        #expect(answer.status == status)
        #expect(json(answer)["error"] == .text(error))
        #expect(json(answer)["error_description"]?.asText?.isEmpty == false)
        #expect(!text(answer).contains("the-secret"))
        #expect(bench.state.tokensIssued == 0)
    }

    @Test func wantsAFormByPost() {
        let body = #"{"grant_type":"client_credentials"}"#
        let json = bench.ask(of: bench.auth, "POST", "/oauth/token", [("Content-Type", "application/json")], body: body)
        #expect(json.status == 400)
        let get = bench.ask(of: bench.auth, "GET", "/oauth/token")
        #expect(get.status == 405)
        #expect(get.first("Allow") == "POST")
        #expect(bench.ask(of: bench.auth, "POST", "/oauth/other").status == 404)
    }

    @Test func countsAgainstAQuota() {
        let bench = Bench { $0.tokenQuota = TokenQuota(count: 2, seconds: 60) }
        #expect(bench.token(Bench.goodForm).status == 200)
        #expect(bench.token(Bench.goodForm, now: Bench.now + 10).status == 200)
        let refused = bench.token(Bench.goodForm, now: Bench.now + 20)
        #expect(refused.status == 429)
        #expect(json(refused)["error"] == "too_many_requests")
        #expect(refused.first("Retry-After") == "40")
        #expect(bench.token(Bench.goodForm, now: Bench.now + 60).status == 200)
        #expect(bench.state.tokensIssued == 3)
    }

    @Test func tokensExpireAndCanBeRevoked() {
        let bench = Bench { $0.tokenLifetime = 100 }
        let token = bench.oauthToken()
        #expect(bench.get("/v3/tokens", token).status == 200)
        #expect(bench.ask("GET", "/v3/tokens", token, now: Bench.now + 99).status == 200)
        let expired = bench.ask("GET", "/v3/tokens", token, now: Bench.now + 100)
        #expect(expired.status == 401)
        #expect(json(expired) == ["error": "Token expired", "status": 401])
        bench.state.revokeIssuedTokens()
        #expect(json(bench.get("/v3/tokens", token)) == ["error": "Invalid token", "status": 401])
    }

    private func claims(_ part: String) throws -> JSONValue {
        let standard = part.replacing("-", with: "+").replacing("_", with: "/")
        let bytes = try #require(Base64.decode(standard.utf8))
        return try JSONReader.read(bytes)
    }
}
