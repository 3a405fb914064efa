import Credentials
import Secrets
import Testing

struct StaticTokenTests {
    private static let day: Int64 = 86_400

    private func at(_ wall: Int64) -> Instant { Instant(boot: .seconds(7), wall: .seconds(wall)) }

    private func ending(at end: Int64) throws -> StaticToken {
        try StaticToken(Secret(JWTFixture.token(payload: #"{"exp":\#(end)}"#)), kind: .staticOAuth)
    }

    @Test func anAPIAccessTokenHasNoEnd() throws {
        let token = try StaticToken(Secret(TokenShapeTests.apiAccessToken), kind: .apiAccessToken)
        #expect(token.standing(at: at(.max)) == .unlimited)
        #expect(token.issued().isUsable(at: at(4_000_000_000)))
        #expect(!token.issued().isDue(at: at(4_000_000_000)))
        #expect(token.untilNextWarning(at: at(0)) == nil)
    }

    @Test func worksUntilItsEndAndNotLonger() throws {
        let token = try ending(at: 1_000_000)
        #expect(token.issued().isUsable(at: at(999_999)))
        #expect(!token.issued().isUsable(at: at(1_000_000)))
        #expect(token.standing(at: at(1_000_000)) == .expired)
    }

    @Test func warnsBeforeItsEnd() throws {
        let end = 100 * Self.day
        let token = try ending(at: end)
        #expect(token.standing(at: at(0)) == .valid(secondsLeft: end))
        #expect(token.untilNextWarning(at: at(0)) == .seconds(93 * Self.day))
        #expect(token.standing(at: at(93 * Self.day)) == .expiring(secondsLeft: 7 * Self.day))
        #expect(token.untilNextWarning(at: at(93 * Self.day)) == .seconds(6 * Self.day))
        #expect(token.untilNextWarning(at: at(end - Self.day)) == .seconds(Self.day - 3_600))
        #expect(token.untilNextWarning(at: at(end - 3_600)) == .seconds(3_000))
        #expect(token.untilNextWarning(at: at(end - 600)) == .seconds(600))
        #expect(token.untilNextWarning(at: at(end)) == nil)
    }

    @Test func aTokenThatCannotBeSentIsRefused() {
        #expect(throws: StaticTokenError.empty) { try StaticToken(Secret(""), kind: .staticOAuth) }
        #expect(throws: StaticTokenError.byteNotAllowed) { try StaticToken(Secret("abc\n"), kind: .staticOAuth) }
        #expect(throws: StaticTokenError.byteNotAllowed) { try StaticToken(Secret("\"abc\""), kind: .staticOAuth) }
        #expect(throws: StaticTokenError.tooLong) {
            try StaticToken(Secret(String(repeating: "a", count: 16_385)), kind: .staticOAuth)
        }
    }
}
