import Credentials
import TestSupport
import Testing

struct RefreshTests {
    /// min(max(60 s, 10 %), 25 %) of the lifetime, of which jitter leaves at least half.
    @Test(arguments: [
        (lifetime: 86_400, margin: 8_640.0), (3_600, 360), (600, 60), (240, 60), (100, 25), (2, 0.5), (1, 0.25),
    ])
    func marginIsWithinItsBounds(lifetime: Int64, margin: Double) throws {
        var earliest = Nanoseconds(.max)
        var latest = Nanoseconds(.min)
        for seed in 0..<200 as Range<UInt64> {
            var rig = Rig()
            rig.random = SplitMix64(seed: seed)
            let end = rig.now.boot + .seconds(lifetime)
            _ = rig.want()
            let due = try #require(rig.succeed(1, lifetime: .seconds(lifetime)).timer)
            let before = Double((end - due).count) / 1e9
            #expect(before <= margin && before >= margin / 2)
            (earliest, latest) = (min(earliest, due), max(latest, due))
        }
        // Jitter there is.
        #expect(Double((latest - earliest).count) / 1e9 > margin / 4)
    }

    @Test func refreshIsInTheBackground() throws {
        var rig = Rig.withToken()
        let due = try #require(rig.machine.status(at: rig.now).nextActionBoot)
        #expect(rig.fire() == [.setTimer(boot: due)])
        rig.pass(toBoot: due)
        #expect(
            rig.fire() == [.startFetch(Flight(2), with: .settled), .setTimer(boot: due + .seconds(30))])
        #expect(rig.state == .refreshing)
        #expect(rig.want() == TokenDecision(answer: .use(generation: 1), effects: []))
        #expect(rig.succeed(2).contains(.publish(generation: 2)))
        #expect(rig.want().answer == .use(generation: 2))
    }

    @Test func theFirstUseAfterTheTimerSleptStartsTheRefresh() throws {
        var rig = Rig.withToken()
        rig.pass(toBoot: try #require(rig.machine.status(at: rig.now).nextActionBoot))
        #expect(rig.machine.issued?.isDue(at: rig.now) == true)
        let decision = rig.want()
        #expect(decision.answer == .use(generation: 1))
        #expect(decision.effects.started == [Flight(2)])
    }

    @Test func theTokenServesToItsEndAndNotLonger() throws {
        var rig = Rig.refreshing(lifetime: .seconds(100))
        _ = rig.fail(2)
        let end = Nanoseconds.seconds(1_100)
        rig.pass(toBoot: end - Nanoseconds(1))
        #expect(rig.want().answer == .use(generation: 1))
        #expect(rig.machine.issued?.isUsable(at: rig.now) == true)
        let held = try #require(rig.machine.issued)
        rig.pass(toBoot: end)
        #expect(!held.isUsable(at: rig.now))
        #expect(rig.want().answer != .use(generation: 1))
        #expect(rig.machine.issued == nil)
    }

    @Test func aRefreshStillUnderWayAtTheEndIsWaitedFor() {
        var rig = Rig.refreshing(lifetime: .seconds(40))
        rig.pass(toBoot: .seconds(1_040))
        #expect(rig.want() == TokenDecision(answer: .wait, effects: []))
        #expect(rig.state == .fetching)
        #expect(rig.succeed(2).contains(.publish(generation: 2)))
    }

    @Test func shortTokensNeedFewRequestsAndNoClientWaits() throws {
        // Tokens of 2 s for 60 s, asked for ten times a second, answered after 50 ms.
        var rig = Rig()
        var due = rig.want().effects.timer
        var answerAt: Nanoseconds? = rig.now.boot + .milliseconds(50)
        var requests: UInt64 = 1
        var sentAt = rig.now
        for tick in 0..<6_000 {
            rig.pass(.milliseconds(10))
            if let at = answerAt, rig.now.boot >= at {
                answerAt = nil
                let grant = TokenGrant(token: .init("t"), sentAt: sentAt, lifetime: .seconds(2))
                due = rig.machine.fetchSucceeded(Flight(requests), grant: grant, at: rig.now, random: &rig.random).timer
            }
            if let at = due, rig.now.boot >= at {
                let effects = rig.fire()
                due = effects.timer
                if !effects.started.isEmpty {
                    requests += 1
                    (sentAt, answerAt) = (rig.now, rig.now.boot + .milliseconds(50))
                }
            }
            if tick > 10, tick % 10 == 0 {
                guard case .use = rig.want().answer else {
                    Issue.record("a client waits at \(tick)")
                    return
                }
            }
        }
        #expect((30...42).contains(requests))
    }

    @Test func aRestoredTokenSparesTheFirstRequest() {
        var rig = Rig()
        #expect(rig.restore(lifetime: .seconds(500)).contains(.publish(generation: 1)))
        #expect(rig.want() == TokenDecision(answer: .use(generation: 1), effects: []))
        // One that ends sooner does not displace it, one that ends later does.
        #expect(rig.restore(lifetime: .seconds(400)) == [])
        #expect(rig.restore(lifetime: .seconds(600)).contains(.publish(generation: 2)))
        #expect(rig.restore(lifetime: .zero) == [])
    }

    @Test func aTokenRestoredWhileOneIsFetchedServesThoseWhoWait() {
        var rig = Rig()
        _ = rig.want()
        #expect(rig.restore(lifetime: .seconds(500)) == [.publish(generation: 1)])
        #expect(rig.state == .refreshing)
        #expect(rig.succeed(1).contains(.publish(generation: 2)))
    }
}
