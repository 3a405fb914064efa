import Credentials
import Secrets
import Testing

struct TokenShapeTests {
    static let apiAccessToken = JWTFixture.token(
        header: #"{"alg":"HS256"}"#, payload: #"{"a":"ac_lqe3zwgu","jti":"5fd9"}"#)
    static let oauth = JWTFixture.token(
        payload:
            #"{"http://app.carto.com/email":"a@b","iss":"https://auth","aud":["carto-cloud-native-api","x"],"iat":1000,"exp":87400}"#
    )

    private func peek(_ token: String) -> JWTClaims? { JSONWebToken.peek(Array(token.utf8).span) }

    @Test func tellsTheKindsApart() {
        #expect(TokenShape(of: Array(Self.apiAccessToken.utf8).span) == .apiAccessToken)
        #expect(TokenShape(of: Array(Self.oauth.utf8).span) == .oauth)
        for opaque in ["", "abc", "a.b", "a.b.c", "a.b.c.d", "....", JWTFixture.token(payload: "[]")] {
            #expect(TokenShape(of: Array(opaque.utf8).span) == .opaque)
        }
        // An account alone, without the algorithm, is not enough.
        let other = JWTFixture.token(payload: #"{"a":"ac_x","exp":5}"#)
        #expect(TokenShape(of: Array(other.utf8).span) == .oauth)
    }

    @Test func namesATokenUnderTheWrongKey() {
        #expect(TokenShape.apiAccessToken.contradicts(.staticOAuth))
        #expect(TokenShape.oauth.contradicts(.apiAccessToken))
        #expect(!TokenShape.apiAccessToken.contradicts(.apiAccessToken))
        #expect(!TokenShape.oauth.contradicts(.staticOAuth))
        #expect(!TokenShape.opaque.contradicts(.apiAccessToken) && !TokenShape.opaque.contradicts(.staticOAuth))
    }

    @Test func peeksAtTheClaims() throws {
        let claims = try #require(peek(Self.oauth))
        #expect(
            claims
                == JWTClaims(
                    algorithm: .rs256, expiresAt: 87_400, issuedAt: 1_000, audience: ["carto-cloud-native-api", "x"]))
        let api = try #require(peek(Self.apiAccessToken))
        #expect(api == JWTClaims(algorithm: .hs256, account: "ac_lqe3zwgu"))
        let odd = JWTFixture.token(
            header: #"{"x":{"alg":"HS256"},"alg":"none"}"#,
            payload: #"{"aud":"one","n":{"exp":1,"a":[{}]},"a":"bc_1","exp":9.75,"iat":true}"#)
        #expect(
            peek(odd)
                == JWTClaims(algorithm: .other, expiresAt: 9, audience: ["one"]))
    }

    @Test func refusesWhatIsNoJSONWebToken() {
        let good = JWTFixture.base64URL("{}")
        for token in [
            "\(good)..", "\(good).\(good).x", "!.\(good).x", "\(JWTFixture.base64URL(#"{"alg":1}"#)).\(good).x",
            "\(JWTFixture.base64URL(#"{"alg":"HS256"}"#)).\(good)=.x",
            JWTFixture.token(payload: #"{"exp":1"#), JWTFixture.token(payload: "{} {}"),
            JWTFixture.token(payload: #"{"aud":["#),
        ] {
            #expect(peek(token) == nil, "\(token)")
        }
    }
}
