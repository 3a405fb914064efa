import Credentials
import Testing

struct RotationTests {
    @Test func theOldTokenServesUntilTheNewSecretHasBroughtOne() {
        var rig = Rig.withToken()
        #expect(
            rig.replaceSecret() == [
                .startFetch(Flight(2), with: .candidate), .setTimer(boot: rig.now.boot + .seconds(30)),
            ])
        #expect(rig.want().answer == .use(generation: 1))
        let effects = rig.succeed(2)
        #expect(effects.first == .adoptSecret)
        #expect(effects.contains(.publish(generation: 2)))
    }

    @Test func aBadNewSecretKeepsTheOldAndSaysSo() throws {
        var rig = Rig.withToken()
        let planned = rig.machine.status(at: rig.now).nextActionBoot
        _ = rig.replaceSecret()
        let effects = rig.fail(2, .rejected)
        #expect(effects.first == .retainSecret(.rejected))
        #expect(effects.started.isEmpty)
        #expect(rig.state == .fresh)
        // The refresh is where it was, with the old secret.
        rig.pass(toBoot: try #require(planned))
        #expect(rig.fire().first == .startFetch(Flight(3), with: .settled))
        let refreshed = rig.succeed(3)
        #expect(!refreshed.contains(.adoptSecret))
        #expect(refreshed.contains(.publish(generation: 2)))
    }

    @Test func aSecretHeldBackIsTriedWhenTheOldOneIsRejected() throws {
        var rig = Rig.withToken()
        _ = rig.replaceSecret()
        _ = rig.fail(2, .rejected)
        rig.pass(toBoot: try #require(rig.machine.status(at: rig.now).nextActionBoot))
        _ = rig.fire()
        let effects = rig.fail(3, .rejected)
        #expect(effects.first == .startFetch(Flight(4), with: .candidate))
        #expect(effects.told == nil, "who waits goes on waiting")
        #expect(rig.succeed(4).first == .adoptSecret)
    }

    @Test func withBothRejectedTheyTakeTurnsAtTheBackOffsPace() throws {
        var rig = Rig()
        _ = rig.want()
        _ = rig.fail(1, .rejected)
        #expect(rig.replaceSecret().first == .startFetch(Flight(2), with: .candidate))
        var effects = rig.fail(2, .rejected)
        var tried: [ClientSecretChoice] = []
        for flight in 3...8 as ClosedRange<UInt64> {
            let until = try #require(effects.timer)
            #expect(until - rig.now.boot >= .seconds(30))
            rig.pass(toBoot: until)
            if case .startFetch(_, let choice) = rig.fire().first { tried.append(choice) }
            effects = rig.fail(flight, .rejected)
        }
        #expect(tried == [.settled, .candidate, .settled, .candidate, .settled, .candidate])
    }

    @Test func withoutATokenARejectedNewSecretFallsBackAtOnce() {
        var rig = Rig()
        _ = rig.want()
        #expect(rig.replaceSecret().prefix(2) == [.abandonFetch(Flight(1)), .startFetch(Flight(2), with: .candidate)])
        let effects = rig.fail(2, .rejected)
        #expect(effects.started == [Flight(3)])
        #expect(effects.told == nil, "who waits goes on waiting")
        #expect(rig.succeed(3).contains(.publish(generation: 1)))
    }

    @Test func aNewSecretEndsTheWaitForARejectedOne() {
        var rig = Rig()
        _ = rig.want()
        _ = rig.fail(1, .rejected)
        #expect(rig.replaceSecret().started == [Flight(2)])
        #expect(rig.want().answer == .wait)
    }

    @Test func butNotTheServersRateLimit() throws {
        var rig = Rig()
        _ = rig.want()
        let until = try #require(
            rig.fail(1, FetchFailure(.rateLimited, status: 429, retryAfterSeconds: 60)).timer)
        #expect(rig.replaceSecret() == [])
        rig.pass(toBoot: until)
        #expect(rig.fire().first == .startFetch(Flight(2), with: .candidate))
    }

    @Test func beforeAnyDemandNothingIsSent() {
        var rig = Rig()
        #expect(rig.replaceSecret() == [])
        #expect(rig.want().effects.first == .startFetch(Flight(1), with: .candidate))
    }
}
