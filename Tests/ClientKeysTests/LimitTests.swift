import TestSupport
import Testing

@testable import ClientKeys

@Suite struct LimitTests {
    private let second: Int64 = 1_000_000_000

    @Test func ratesAreReadAsTheyAreWritten() {
        #expect(RateLimit("10/s") == RateLimit(count: 10, per: .second, burst: 10))
        #expect(RateLimit("600/min") == RateLimit(count: 600, per: .minute, burst: 10))
        #expect(RateLimit("5/h") == RateLimit(count: 5, per: .hour, burst: 1))
        #expect(RateLimit("10/s", burst: 3)?.burst == 3)
        for text in ["", "10", "/s", "10/", "10/day", "-1/s", "+1/s", "0/s", "1000001/s", "1.5/s", "10/s/s", "10 /s"] {
            #expect(RateLimit(text) == nil, "\(text)")
        }
        #expect(RateLimit("10/s", burst: 0) == nil)
        for text in ["1/s", "7/min", "1000000/h"] { #expect(RateLimit(text)?.text == text) }
    }

    /// A bucket of three, one more each 100 ms.
    @Test func aBucketsTranscript() throws {
        let rate = try #require(RateLimit("10/s", burst: 3))
        var bucket = TokenBucket()
        var now: Int64 = 5 * second
        func take() -> Int64? {
            switch bucket.taking(at: now, rate) {
            case .taken(let next):
                bucket = next
                return nil
            case .empty(let wait): return wait
            }
        }
        #expect([take(), take(), take()] == [nil, nil, nil])
        #expect(take() == second / 10)
        now += second / 20
        #expect(take() == second / 20)
        now += second / 20
        #expect(take() == nil)
        #expect(take() == second / 10)
        // What is saved is no more than the burst.
        now += 60 * second
        #expect([take(), take(), take()] == [nil, nil, nil])
        #expect(take() == second / 10)
    }

    /// Whenever requests come: in every span of time no more pass than the burst and what the rate allows in it, and
    /// who waits as long as he is told to passes.
    @Test func noSpanHoldsMoreThanRateAndBurst() throws {
        var generator = SplitMix64(seed: 4)
        for _ in 0..<200 {
            let rate = try #require(
                RateLimit(
                    count: Int.random(in: 1...2000, using: &generator),
                    per: RateLimit.Unit.allCases.randomElement(using: &generator)!,
                    burst: Int.random(in: 1...50, using: &generator)))
            var bucket = TokenBucket()
            var now = Int64.random(in: 0...second, using: &generator)
            var passed: [Int64] = []
            for _ in 0..<400 {
                switch bucket.taking(at: now, rate) {
                case .taken(let next):
                    bucket = next
                    passed.append(now)
                case .empty(let wait):
                    #expect(wait > 0)
                    guard case .taken = bucket.taking(at: now + wait, rate) else {
                        Issue.record("refused after the wait")
                        return
                    }
                }
                now += Int64.random(in: 0...(3 * rate.interval), using: &generator)
            }
            for start in passed.indices {
                for end in passed.indices[start...] {
                    let allowed = Int64(rate.burst) + (passed[end] - passed[start]) / rate.interval
                    #expect(Int64(end - start + 1) <= allowed)
                }
            }
        }
    }

    @Test func aDayOfUTC() {
        let day: Int64 = 86_400 * second
        #expect(DayCount.day(ofWallNanoseconds: -5) == 0)
        #expect(DayCount.day(ofWallNanoseconds: 20_000 * day - 1) == 19_999)
        #expect(DayCount.day(ofWallNanoseconds: 20_000 * day) == 20_000)
        #expect(DayCount.secondsLeft(ofWallNanoseconds: 20_000 * day) == 86_400)
        #expect(DayCount.secondsLeft(ofWallNanoseconds: 20_000 * day - 1) == 1)
        #expect(DayCount.day(ofWallNanoseconds: .max) == 106_751)
    }

    @Test func aQuotasTranscript() {
        var count = DayCount(day: 0, count: 0)
        func use(_ day: UInt32, _ quota: Int? = 3) -> UInt64? {
            guard let next = count.adding(on: day, quota: quota) else { return nil }
            count = next
            return count.count
        }
        #expect([use(100), use(100), use(100), use(100)] == [1, 2, 3, nil])
        #expect([use(101), use(101)] == [1, 2])
        // The clock steps back over midnight: it is still the same day's quota.
        #expect([use(100), use(100)] == [3, nil])
        // It was far ahead, and is believed once it is set right.
        #expect([use(9_000), use(102), use(102)] == [1, 1, 2])
        #expect(use(102, 0) == nil)
        #expect(use(102, nil) == 3)
        #expect(DayCount(packed: count.packed) == count)
        #expect(DayCount(packed: DayCount(day: .max, count: .max).packed) == DayCount(day: .max, count: .max))
    }

    /// Threads that take from one meter together get what one would.
    @Test func manyThreadsGetExactlyTheQuota() async {
        let meter = KeyMeter()
        let granted = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    (0..<5_000).count { _ in meter.charge(nil, quota: 20_001, boot: 0, wall: 1) == .granted }
                }
            }
            return await group.reduce(0, +)
        }
        #expect(granted == 20_001)
        #expect(meter.dayCount.count == 20_001)
    }

    @Test func whatIsRefusedCountsAgainstNeither() throws {
        let meter = KeyMeter()
        let rate = try #require(RateLimit("1/s", burst: 2))
        #expect(meter.charge(rate, quota: 3, boot: 0, wall: 0) == .granted)
        #expect(meter.charge(rate, quota: 3, boot: 0, wall: 0) == .granted)
        #expect(meter.charge(rate, quota: 3, boot: 0, wall: 0) == .tooFast(wait: second))
        #expect(meter.dayCount.count == 2)
        #expect(meter.charge(rate, quota: 3, boot: 10 * second, wall: 0) == .granted)
        #expect(meter.charge(rate, quota: 3, boot: 20 * second, wall: 0) == .quotaSpent)
        #expect(meter.charge(rate, quota: 3, boot: 20 * second, wall: 86_400 * second) == .granted)
    }

    /// Whenever the program is killed, the next run has between all of the quota that was left and a hundredth less,
    /// if no more than that was used since the last writing.
    @Test func whatIsWrittenIsAheadByAHundredth() {
        let count = DayCount(day: 5, count: 40)
        #expect(UsageMargin.written(count, quota: 1000, isInUse: true).count == 50)
        #expect(UsageMargin.written(count, quota: 1000, isInUse: false).count == 40)
        #expect(UsageMargin.written(count, quota: nil, isInUse: true).count == 40)
        #expect(UsageMargin.written(count, quota: 42, isInUse: true).count == 40)
        #expect(UsageMargin.written(DayCount(day: 5, count: 995), quota: 1000, isInUse: true).count == 1000)
        #expect(UsageMargin.written(DayCount(day: 5, count: 1001), quota: 1000, isInUse: true).count == 1001)
    }
}
