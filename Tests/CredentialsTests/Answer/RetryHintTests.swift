import Credentials
import Testing

struct RetryHintTests {
    private func delay(_ hint: RetryHint, status: Int = 429, date: Int64? = nil) -> Int64? {
        guard case .failure(let failure) = TokenAnswerTests.parse("", status: status, date: date, retry: hint) else {
            return nil
        }
        return failure.retryAfterSeconds
    }

    @Test func bothFormsOfRetryAfter() {
        #expect(delay(RetryHint(retryAfter: .seconds(17))) == 17)
        // A date is read on the server's clock, or ours if its answer has none.
        #expect(delay(RetryHint(retryAfter: .date(5_040)), date: 5_000) == 40)
        #expect(delay(RetryHint(retryAfter: .date(1_800_000_009))) == 9)
        #expect(delay(RetryHint(retryAfter: .date(4_000)), date: 5_000) == 0)
        #expect(delay(RetryHint(retryAfter: .seconds(5)), status: 503) == 5)
        #expect(delay(RetryHint(retryAfter: .seconds(5)), status: 401) == 5)
    }

    @Test func rateLimitResetIsADelayOrADate() {
        #expect(delay(RetryHint(rateLimitReset: 30)) == 30)
        #expect(delay(RetryHint(rateLimitReset: 1_700_000_060), date: 1_700_000_000) == 60)
        #expect(delay(RetryHint(rateLimitReset: 1_700_000_060_000), date: 1_700_000_000) == 60)
        #expect(delay(RetryHint(retryAfter: .seconds(3), rateLimitReset: 30)) == 3)
    }

    @Test func rateLimitResetOfAnAnswerThatWasNotLimitedSaysNothing() {
        #expect(delay(RetryHint(rateLimitReset: 3_000), status: 500) == nil)
    }

    @Test func extremesDoNotTrap() {
        for extreme in [Int64.min, -1, 0, .max] {
            #expect((delay(RetryHint(retryAfter: .seconds(extreme))) ?? 0) >= 0)
            #expect((delay(RetryHint(retryAfter: .date(extreme)), date: .min) ?? 0) >= 0)
            #expect((delay(RetryHint(rateLimitReset: extreme), date: .max) ?? 0) >= 0)
        }
    }

    /// A server that asks to be left alone for ever is not asked as if it had said nothing.
    @Test(arguments: ["9223372036854775807", "9223372036854775808", "99999999999999999999999999999999"])
    func theAbsurdlyLongIsVeryLong(text: String) {
        #expect(RetryHint.delay(Array(text.utf8).span) == .seconds(.max))
        #expect(RetryHint.rateLimitReset(Array(text.utf8).span) == .max)
        #expect(delay(RetryHint(retryAfter: RetryHint.delay(Array(text.utf8).span))) == .max)
    }

    @Test func onlyPlainNumbersAreRead() {
        #expect(RetryHint.rateLimitReset(Array("120".utf8).span) == 120)
        #expect(RetryHint.delay(Array("7".utf8).span) == .seconds(7))
        for text in [
            "", "-1", "+5", "1.5", " 5", "5 ", "٣", "0x10", "9999999999999999999x", "Fri, 31 Dec 1999 23:59:59 GMT",
        ] {
            #expect(RetryHint.rateLimitReset(Array(text.utf8).span) == nil)
            #expect(RetryHint.delay(Array(text.utf8).span) == nil)
        }
    }
}
