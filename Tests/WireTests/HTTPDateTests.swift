import TestSupport
import Testing
import Wire

@Suite struct HTTPDateTests {
    static let now: Int64 = 1_764_000_000

    private func parse(_ date: String) -> Int64? { HTTPDate.parse(bytes(date).span, now: Self.now) }

    private func format(_ seconds: Int64) -> String {
        var output: [UInt8] = []
        HTTPDate.append(seconds, to: &output)
        return text(output)
    }

    @Test(arguments: [
        "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
    ])
    func readsTheThreeForms(_ date: String) {
        #expect(parse(date) == 784_111_777)
    }

    @Test func twoDigitYearsFarAheadAreOfTheCenturyBefore() {
        #expect(parse("Monday, 01-Jan-76 00:00:00 GMT") == parse("Mon, 01 Jan 1976 00:00:00 GMT"))
        #expect(parse("Monday, 01-Jan-75 00:00:00 GMT") == parse("Mon, 01 Jan 2075 00:00:00 GMT"))
    }

    @Test(arguments: [
        "", "Sun", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 6 Nov 1994 08:49:37 GMT",
        "sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:60:00 GMT",
        "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT ",
        "Sun, 29 Feb 1900 08:49:37 GMT", "Sun, +6 Nov 1994 08:49:37 GMT", "Someday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov 6 08:49:37 1994", "120", "Sun, 06 Nov 1994 08:49:61 GMT", ",,,",
    ])
    func readsNothingElse(_ date: String) {
        #expect(parse(date) == nil)
    }

    @Test func writesWhatItReads() {
        #expect(format(784_111_777) == "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(format(0) == "Thu, 01 Jan 1970 00:00:00 GMT")
        #expect(format(951_782_400) == "Tue, 29 Feb 2000 00:00:00 GMT")
        #expect(format(-1) == "Wed, 31 Dec 1969 23:59:59 GMT")
        #expect(format(.max) == "Fri, 31 Dec 9999 23:59:59 GMT")
        #expect(format(.min) == "Sat, 01 Jan 0000 00:00:00 GMT")
        var random = SplitMix64(seed: 7231)
        for _ in 0..<5_000 {
            let seconds = Int64.random(in: -62_167_219_200...253_402_300_799, using: &random)
            #expect(parse(format(seconds)) == seconds)
        }
    }
}
