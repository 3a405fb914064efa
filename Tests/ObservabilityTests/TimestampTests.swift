import Observability
import TestSupport
import Testing

@Suite struct TimestampTests {
    private func text(_ nanoseconds: Int64, _ stamp: inout Timestamp) -> String {
        var output: [UInt8] = []
        stamp.append(wallNanoseconds: nanoseconds, to: &output)
        return String(decoding: output, as: UTF8.self)
    }

    /// From `date -u -d @N`.
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (68_169_599_999_999_999, "1972-02-28T23:59:59.999Z"),
            (68_169_600_000_000_000, "1972-02-29T00:00:00.000Z"), (68_256_000_000_000_000, "1972-03-01T00:00:00.000Z"),
            (951_782_400_000_000_000, "2000-02-29T00:00:00.000Z"),
            (946_684_799_999_000_000, "1999-12-31T23:59:59.999Z"),
            (1_769_903_999_123_456_789, "2026-01-31T23:59:59.123Z"),
            (1_709_164_800_000_000_000, "2024-02-29T00:00:00.000Z"),
            (4_107_542_400_000_000_000, "2100-03-01T00:00:00.000Z"),
            (4_102_444_800_001_000_000, "2100-01-01T00:00:00.001Z"),
            (.max, "2262-04-11T23:47:16.854Z"),
        ] as [(Int64, String)])
    func knownTimes(_ nanoseconds: Int64, _ expected: String) {
        var stamp = Timestamp()
        #expect(text(nanoseconds, &stamp) == expected)
    }

    /// A wall clock that was never set, or set before 1970, must not end the program.
    @Test(arguments: [-1, -1_000_000_000, .min] as [Int64]) func timesBefore1970DoNotTrap(_ nanoseconds: Int64) {
        var stamp = Timestamp()
        let text = text(nanoseconds, &stamp)
        #expect(text.utf8.count == 24)
        #expect(text.utf8.allSatisfy { (48...57).contains($0) || "-:.TZ".utf8.contains($0) })
    }

    @Test func theKeptSecondIsTheRightOne() {
        var stamp = Timestamp()
        var random = SplitMix64(seed: 4)
        for _ in 0..<2000 {
            let time =
                Int64.random(in: 0...4_000_000_000, using: &random) / 1_000_000_000 * 1_000_000_000
                + Int64.random(in: 0..<1_000_000_000, using: &random)
            var fresh = Timestamp()
            #expect(text(time, &stamp) == text(time, &fresh))
        }
    }
}
