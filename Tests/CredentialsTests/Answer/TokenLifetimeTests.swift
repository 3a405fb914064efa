import Credentials
import Testing

struct TokenLifetimeTests {
    private static let wall: Int64 = 1_800_000_000

    private func grant(expiresIn: String?, claims: String? = nil, date: Int64? = nil) throws -> TokenGrant {
        let token = claims.map { JWTFixture.token(payload: $0) } ?? "opaque"
        let member = expiresIn.map { #","expires_in":\#($0)"# } ?? ""
        return try TokenAnswerTests.parse(
            #"{"access_token":"\#(token)","token_type":"Bearer"\#(member)}"#, date: date
        ).get()
    }

    @Test(
        arguments: [
            ("3600", 3_600), ("3600.0", 3_600), ("3.6e3", 3_600), ("36E+2", 3_600), ("360000e-2", 3_600), ("1.9", 1),
            (#""3600""#, 3_600), ("0.0036e6", 3_600), (#""1e3""#, 1_000), (#"" 90.5 ""#, 90),
        ] as [(String, Int64)])
    func readsNumbersHoweverWritten(text: String, seconds: Int64) throws {
        #expect(try grant(expiresIn: text).lifetime == .seconds(seconds))
    }

    @Test(arguments: [
        "1e308", "1e99999999999999999999", "9223372036854775807", "18446744073709551616", #""999999999999""#,
        #""1e308""#, #""99999999999999999999999999999999""#,
        "123456789012345678901234567890.5",
    ])
    func theAbsurdlyLongIsHeldToTheLongest(text: String) throws {
        #expect(try grant(expiresIn: text).lifetime == .seconds(30 * 86_400))
    }

    @Test(arguments: ["0", "-1", "-1e308", "-9223372036854775809", "0.9", "1e-308", "0e99999", #""0""#, #""-5""#, #""-1e308""#])
    func nothingOrLessIsRefused(text: String) throws {
        #expect(throws: FetchFailure(.malformed(.lifetimeNotPositive), status: 200)) { try grant(expiresIn: text) }
    }

    @Test(arguments: [nil, "null", "true", "[3600]", #""soon""#, #""""#, #""+60""#, #""60s""#, #""1 2""#, #""007""#, #""[60]""#, #""null""#])
    func whatCannotBeReadIsAssumed(text: String?) throws {
        let grant = try grant(expiresIn: text)
        #expect(grant.lifetime == .seconds(3_600))
        #expect(grant.lifetimeSource == .assumed)
    }

    @Test func withoutExpiresInTheTokensOwnEndCounts() throws {
        // By the server's clock, an hour ahead of ours.
        let date = Self.wall + 3_600
        let byDate = try grant(expiresIn: nil, claims: #"{"exp":\#(date + 120)}"#, date: date)
        #expect(byDate.lifetime == .seconds(120))
        #expect(byDate.lifetimeSource == .claim)
        // By its own issue time.
        #expect(try grant(expiresIn: nil, claims: #"{"iat":1000,"exp":1300}"#).lifetime == .seconds(300))
        // By our clock if there is nothing else, unless that says a new token has expired.
        #expect(try grant(expiresIn: nil, claims: #"{"exp":\#(Self.wall + 90)}"#).lifetime == .seconds(90))
        #expect(try grant(expiresIn: nil, claims: #"{"exp":\#(Self.wall - 90)}"#).lifetimeSource == .assumed)
    }

    @Test func theShorterOfBothCounts() throws {
        let date = Self.wall - 86_400
        #expect(
            try grant(expiresIn: "86400", claims: #"{"exp":\#(date + 600)}"#, date: date).lifetime == .seconds(600))
        #expect(
            try grant(expiresIn: "300", claims: #"{"exp":\#(date + 600)}"#, date: date).lifetime == .seconds(300))
        #expect(try grant(expiresIn: "86400", claims: #"{"iat":1000,"exp":1060.5}"#).lifetime == .seconds(60))
    }

    @Test func anOldTokenHandedOutAgainIsNotCreditedWithItsPast() throws {
        let claims = #"{"iat":1000,"exp":4600}"#
        #expect(try grant(expiresIn: "3600", claims: claims, date: 4_000).lifetime == .seconds(600))
        #expect(try grant(expiresIn: nil, claims: claims, date: 500).lifetime == .seconds(3_600))
    }

    @Test func aTokenExpiredOnItsIssuersClockIsRefused() {
        #expect(throws: FetchFailure(.malformed(.lifetimeNotPositive), status: 200)) {
            try grant(expiresIn: "3600", claims: #"{"exp":1000}"#, date: 1_000)
        }
    }

    @Test(arguments: [
        #"{"exp":1e308}"#, #"{"exp":-1e308,"iat":1e308}"#, #"{"exp":9223372036854775807,"iat":-9223372036854775808}"#,
        #"{"exp":"soon"}"#, #"{"exp":null}"#,
    ])
    func absurdClaimsDoNotTrap(claims: String) {
        _ = try? grant(expiresIn: nil, claims: claims)
        _ = try? grant(expiresIn: nil, claims: claims, date: .min)
        _ = try? grant(expiresIn: "5", claims: claims, date: .max)
    }
}
