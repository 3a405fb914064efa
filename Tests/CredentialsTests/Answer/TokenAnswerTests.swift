import Credentials
import Secrets
import TestSupport
import Testing

struct TokenAnswerTests {
    static let sentAt = Instant(boot: .seconds(50), wall: .seconds(1_800_000_000))

    static func parse(
        _ body: String, status: Int = 200, date: Int64? = nil, retry: RetryHint = RetryHint(), secrets: [Secret] = []
    ) -> Result<TokenGrant, FetchFailure> {
        parse(Array(body.utf8), status: status, date: date, retry: retry, secrets: secrets)
    }

    static func parse(
        _ body: [UInt8], status: Int = 200, date: Int64? = nil, retry: RetryHint = RetryHint(), secrets: [Secret] = []
    ) -> Result<TokenGrant, FetchFailure> {
        let answer = TokenAnswer(status: status, serverDate: date, retry: retry, sentAt: sentAt)
        return Result { () throws(FetchFailure) in try answer.parse(body.span, redacting: secrets) }
    }

    private func kind(_ body: String, status: Int = 200) -> FetchFailure.Kind? {
        if case .failure(let failure) = Self.parse(body, status: status) { failure.kind } else { nil }
    }

    @Test func readsAToken() throws {
        let body = #"{"access_token":"a.b-c_~+/==","scope":"x","expires_in":86400,"token_type":"Bearer"}"#
        let grant = try Self.parse(body).get()
        #expect(grant.token.matches(Secret("a.b-c_~+/==")))
        #expect(grant.lifetime == .seconds(86_400))
        #expect(grant.lifetimeSource == .expiresIn)
        #expect(grant.sentAt == Self.sentAt)
    }

    @Test(arguments: [
        #" { "token_type" : "bearer" , "expires_in" : 10 , "access_token" : "t" } "#,
        #"{"access_token":"t","token_type":"BEARER","expires_in":10}"#,
        #"{"access_tok\u0065n":"\u0074","token_type":"Be\u0061rer","expires_in":10}"#,
        #"{"x":{"access_token":"no","y":[[],{}]},"access_token":"t","token_type":"Bearer","expires_in":10,"z":[1,2]}"#,
        #"{"error":null,"access_token":"t","token_type":"Bearer","expires_in":10,"e\"":"\ud83d\ude00"}"#,
    ])
    func acceptsEveryWayToWriteIt(body: String) throws {
        let grant = try Self.parse(body).get()
        #expect(grant.token.matches(Secret("t")))
        #expect(grant.lifetime == .seconds(10))
    }

    @Test(
        arguments: [
            ("", .notJSON), ("nonsense", .notJSON), ("{", .notJSON), (#"{"a":1,}"#, .notJSON), (#"{"a" 1}"#, .notJSON),
            (#"{"a":1} x"#, .notJSON), (#"{'a':1}"#, .notJSON), (#"{"a":01}"#, .notJSON), (#"{"a":+1}"#, .notJSON),
            (#"{"a":1.}"#, .notJSON), (#"{"a":.5}"#, .notJSON), (#"{"a":1e}"#, .notJSON), (#"{"a":NaN}"#, .notJSON),
            (#"{"a":tru}"#, .notJSON), (#"{"a":"\x"}"#, .notJSON), (#"{"a":"\u12g4"}"#, .notJSON),
            ("{\"a\":\"\n\"}", .notJSON), (#"{"a":"}"#, .notJSON), (#"{"a":[1 2]}"#, .notJSON),
            (#"{"a":[1}"#, .notJSON),
            (#"{"a":1]"#, .notJSON), (#"{1:2}"#, .notJSON), ("\u{FEFF}{}", .notJSON), (#"{"a":-}"#, .notJSON),
            (#"{"a":1,,"b":2}"#, .notJSON), (#"{"a":[,]}"#, .notJSON), (#"{"a":[1,]}"#, .notJSON),
            (#"{"a"}"#, .notJSON),
            ("<!DOCTYPE html><title>Log in</title>", .webPageInsteadOfJSON), (" \n<html>", .webPageInsteadOfJSON),
            ("[]", .notAnObject), ("\"t\"", .notAnObject), ("null", .notAnObject),
            ("{}", .tokenTypeMissing), (#"{"token_type":"Bearer"}"#, .tokenMissing),
            (#"{"access_token":"t"}"#, .tokenTypeMissing), (#"{"access_token":"t","token_type":7}"#, .tokenTypeMissing),
            (#"{"access_token":7,"token_type":"Bearer"}"#, .tokenMissing),
            (#"{"access_token":null,"token_type":"Bearer"}"#, .tokenMissing),
            (#"{"access_token":"\ud800","token_type":"Bearer"}"#, .tokenMissing),
            (#"{"access_token":"","token_type":"Bearer"}"#, .tokenEmpty),
            (#"{"access_token":"t","token_type":"mac"}"#, .tokenTypeNotBearer),
            (#"{"access_token":"t","token_type":"Bearer "}"#, .tokenTypeNotBearer),
            (#"{"access_token":"t","token_type":""}"#, .tokenTypeNotBearer),
            (#"{"access_token":"t t","token_type":"Bearer"}"#, .tokenByteNotAllowed),
            (#"{"access_token":"t\r\nX-Evil: 1","token_type":"Bearer"}"#, .tokenByteNotAllowed),
            (#"{"access_token":"tö","token_type":"Bearer"}"#, .tokenByteNotAllowed),
            (#"{"access_token":"t\u0000","token_type":"Bearer"}"#, .tokenByteNotAllowed),
            (#"{"access_token":"==","token_type":"Bearer"}"#, .tokenByteNotAllowed),
            (#"{"access_token":"a=b","token_type":"Bearer"}"#, .tokenByteNotAllowed),
            (#"{"access_token":"a","access_token":"b","token_type":"Bearer"}"#, .memberRepeated),
            (#"{"access_token":"a","\u0061ccess_token":"b","token_type":"Bearer"}"#, .memberRepeated),
            (#"{"error":"who knows","access_token":"t","token_type":"Bearer"}"#, .errorInsteadOfToken),
        ] as [(String, MalformedAnswer)])
    func refusesWhatIsNoToken(body: String, rule: MalformedAnswer) {
        #expect(kind(body) == .malformed(rule))
    }

    @Test func sizesHaveLimits() throws {
        func body(_ count: Int) -> String {
            #"{"access_token":"\#(String(repeating: "t", count: count))","token_type":"Bearer"}"#
        }
        #expect(try Self.parse(body(16_384)).get().token.count == 16_384)
        #expect(kind(body(16_385)) == .malformed(.tokenTooLong))
        // Escapes must not make a long token look short enough, nor cut it.
        let escaped = String(repeating: #"\/"#, count: 16_000)
        #expect(
            try Self.parse(#"{"access_token":"\#(escaped)","token_type":"Bearer"}"#).get().token.count == 16_000)
        let padding = String(repeating: " ", count: 1 << 20)
        #expect(kind(padding + body(1)) == .malformed(.answerTooLarge))
    }

    @Test func nestingHasALimitAndCostsNoStack() {
        let deep = String(repeating: "[", count: 100_000)
        #expect(kind(#"{"a":"# + deep) == .malformed(.nestedTooDeep))
        func nested(_ count: Int) -> String {
            #"{"a":"# + String(repeating: "[", count: count) + String(repeating: "]", count: count) + "}"
        }
        #expect(kind(nested(31)) == .malformed(.tokenTypeMissing))
        #expect(kind(nested(32)) == .malformed(.nestedTooDeep))
    }

    @Test(
        arguments: [
            (401, #"{"error":"access_denied","error_description":"Unauthorized"}"#, .rejected),
            (403, #"{"error":"access_denied"}"#, .rejected), (403, "<html>", .rejected), (401, "", .rejected),
            (400, #"{"error":"invalid_client"}"#, .rejected), (400, #"{"error":"invalid_request"}"#, .rejected),
            (400, #"{"error":"of their own"}"#, .rejected), (200, #"{"error":"invalid_client"}"#, .rejected),
            (200, #"{"error":"temporarily_unavailable"}"#, .unavailable(.serverError)),
            (403, #"{"error":"too_many_requests"}"#, .rateLimited),
            (429, #"{"error":"access_denied"}"#, .rateLimited), (429, "slow down", .rateLimited),
            (500, "", .unavailable(.serverError)), (503, #"{"error":"invalid_client"}"#, .unavailable(.serverError)),
            (599, "<html>", .unavailable(.serverError)), (408, "", .unavailable(.timedOut)),
            (400, "<html>", .unavailable(.unexpectedStatus)), (404, "", .unavailable(.unexpectedStatus)),
            (302, "", .unavailable(.unexpectedStatus)), (204, "", .unavailable(.unexpectedStatus)),
            (201, #"{"access_token":"t","token_type":"Bearer"}"#, .unavailable(.unexpectedStatus)),
            (Int.max, "", .unavailable(.unexpectedStatus)), (-1, "", .unavailable(.unexpectedStatus)),
        ] as [(Int, String, FetchFailure.Kind)])
    func classifiesFailures(status: Int, body: String, expected: FetchFailure.Kind) {
        #expect(kind(body, status: status) == expected)
    }

    @Test func noAnswerWhateverItsBytesTraps() {
        var random = SplitMix64(seed: 3)
        let model = Array(
            #"{"access_token":"eyJhIjoxfQ.e30.x","expires_in":-1.5e+9,"token_type":"Bearer","a":[{"b":"\u00e9\ud83d\ude00"}]}"#
                .utf8)
        for _ in 0..<30_000 {
            var body = model
            for _ in 0..<(1 + random.next() % 4) {
                let index = Int(random.next() % UInt64(body.count))
                switch random.next() % 3 {
                case 0: body[index] = UInt8(truncatingIfNeeded: random.next())
                case 1: body.remove(at: index)
                default: body.removeSubrange(index...)
                }
                if body.isEmpty { break }
            }
            if case .success(let grant) = Self.parse(body) {
                #expect(grant.lifetime > .zero)
                #expect(grant.token.withExposedBytes { BearerToken.isWellFormed($0) })
            }
        }
    }
}
