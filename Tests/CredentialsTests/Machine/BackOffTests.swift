import Credentials
import TestSupport
import Testing

struct BackOffTests {
    /// Fails attempt after attempt; returns the pauses.
    private func pauses(_ failure: FetchFailure, count: Int, seed: UInt64 = 1) throws -> [Double] {
        var rig = Rig()
        rig.random = SplitMix64(seed: seed)
        _ = rig.want()
        var pauses: [Double] = []
        for flight in 1...UInt64(count) {
            let until = try #require(rig.fail(flight, failure).timer)
            pauses.append(Double((until - rig.now.boot).count) / 1e9)
            rig.pass(toBoot: until - Nanoseconds(1))
            #expect(rig.fire() == [.setTimer(boot: until)], "one attempt per step")
            #expect(rig.want().effects.isEmpty)
            rig.pass(Nanoseconds(1))
            #expect(rig.fire().started == [Flight(flight + 1)])
        }
        return pauses
    }

    @Test func growsFromHalfASecondToFifteenWithFullJitter() throws {
        for seed in 0..<50 as Range<UInt64> {
            let pauses = try pauses(.down, count: 12, seed: seed)
            for (step, pause) in pauses.enumerated() {
                #expect(pause >= 0.1 && pause <= min(15, 0.5 * Double(1 << step)))
            }
        }
        let late = try (0..<50 as Range<UInt64>).map { try pauses(.down, count: 10, seed: $0)[9] }
        #expect(late.contains { $0 < 4 } && late.contains { $0 > 11 }, "drawn from the whole span")
    }

    @Test func aRejectedClientIsAskedAboutRarelyButAlwaysAgain() throws {
        let pauses = try pauses(.rejected, count: 60)
        #expect((30...60).contains(pauses[0]))
        #expect((60...120).contains(pauses[1]))
        #expect(pauses.dropFirst(3).allSatisfy { (150...300).contains($0) })
    }

    @Test func theServersDelayIsObeyed() throws {
        let asked = FetchFailure(.rateLimited, status: 429, retryAfterSeconds: 120)
        for pause in try pauses(asked, count: 3) { #expect((120...132).contains(pause)) }
    }

    @Test(arguments: [Int64.max, 86_400]) func butNotForEver(seconds: Int64) throws {
        let asked = FetchFailure(.rateLimited, status: 429, retryAfterSeconds: seconds)
        for pause in try pauses(asked, count: 3) { #expect((300...330).contains(pause)) }
    }

    @Test(arguments: [Int64.min, -1, 0]) func aDelayOfNothingShortensNoPause(seconds: Int64) throws {
        let asked = FetchFailure(.unavailable(.serverError), status: 503, retryAfterSeconds: seconds)
        #expect(try pauses(asked, count: 4).allSatisfy { $0 >= 0.1 })
    }

    @Test func successStartsTheSeriesAnew() throws {
        var rig = Rig()
        _ = rig.want()
        for flight in 1...8 as ClosedRange<UInt64> {
            rig.pass(toBoot: try #require(rig.fail(flight).timer))
            _ = rig.fire()
        }
        #expect(rig.machine.status(at: rig.now).consecutiveFailures == 8)
        rig.pass(toBoot: try #require(rig.succeed(9).timer))
        #expect(rig.machine.status(at: rig.now).consecutiveFailures == 0)
        _ = rig.fire()
        let until = try #require(rig.fail(10).timer)
        #expect(until - rig.now.boot <= .milliseconds(500))
    }

    @Test func aTokenServesWhileTheServerIsLeftAlone() throws {
        var rig = Rig.refreshing()
        let until = try #require(rig.fail(2, .rejected).timer)
        #expect(rig.want() == TokenDecision(answer: .use(generation: 1), effects: []))
        #expect(rig.state == .backingOff)
        #expect(rig.machine.status(at: rig.now).hasUsableToken)
        rig.pass(toBoot: until)
        #expect(rig.fire().started == [Flight(3)])
        #expect(rig.state == .refreshing)
        #expect(rig.succeed(3).contains(.publish(generation: 2)))
    }
}
