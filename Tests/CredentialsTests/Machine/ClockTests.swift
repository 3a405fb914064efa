import Credentials
import Testing

struct ClockTests {
    @Test(arguments: [-1_800_000_000, -86_400, 3_000] as [Int64])
    func aWallClockSetAnywhereExpiresNothing(jump: Int64) {
        var rig = Rig.withToken()
        rig.now.wall = rig.now.wall + .seconds(jump)
        #expect(rig.want() == TokenDecision(answer: .use(generation: 1), effects: []))
        rig.pass(.seconds(3_599))
        #expect(rig.machine.issued?.isUsable(at: rig.now) == true)
        rig.pass(.seconds(1))
        #expect(rig.machine.issued?.isUsable(at: rig.now) == false)
    }

    @Test func aWallClockBeyondTheEndMakesTheRefreshStartEarlyWhileTheTokenServes() {
        var rig = Rig.withToken()
        rig.now.wall = rig.now.wall + .seconds(86_400)
        #expect(rig.machine.issued?.isUsable(at: rig.now) == true)
        #expect(rig.machine.issued?.isDue(at: rig.now) == true)
        let decision = rig.want()
        #expect(decision.answer == .use(generation: 1))
        #expect(decision.effects.started == [Flight(2)])
        _ = rig.succeed(2)
        #expect(rig.machine.issued?.isDue(at: rig.now) == false)
    }

    @Test func aWallClockSetToAndFroCausesNoStorm() {
        var rig = Rig.withToken(lifetime: .seconds(86_400))
        var flight: UInt64 = 1
        for _ in 0..<1_000 {
            rig.pass(.milliseconds(50))
            rig.now.wall = rig.now.wall + .seconds(100_000)
            if !rig.want().effects.started.isEmpty {
                flight += 1
                _ = rig.succeed(flight, lifetime: .seconds(86_400))
            }
        }
        #expect(flight <= 3)
    }

    @Test func aMachineThatSleptPastTheEndFetchesAtTheFirstUse() {
        var rig = Rig.withToken()
        rig.pass(.seconds(9 * 3_600))
        #expect(rig.state == .empty)
        let decision = rig.want()
        #expect(decision.answer == .wait)
        #expect(decision.effects.started == [Flight(2)])
    }

    @Test func orWhenItsTimerWakes() {
        var rig = Rig.withToken()
        rig.pass(.seconds(9 * 3_600))
        #expect(rig.fire().started == [Flight(2)])
    }

    @Test func aMachineThatSleptThroughItsPauseTriesAtTheFirstUse() {
        var rig = Rig()
        _ = rig.want()
        _ = rig.fail(1, .rejected)
        rig.pass(.seconds(9 * 3_600))
        let decision = rig.want()
        #expect(decision.answer == .wait)
        #expect(decision.effects.started == [Flight(2)])
    }

    @Test func clocksAtTheirEndsDoNotTrap() {
        var rig = Rig.withToken(lifetime: Nanoseconds(.max))
        for extreme in [Nanoseconds(.max), Nanoseconds(.min), .zero] {
            rig.now = Instant(boot: extreme, wall: extreme)
            _ = rig.want()
            _ = rig.unauthorized(1)
            _ = rig.fire()
            _ = rig.fail(2)
            _ = rig.machine.status(at: rig.now)
        }
        #expect(rig.state != .fresh)
    }
}
