import Credentials
import Testing

struct UnauthorizedTests {
    @Test func oneRefreshForEverybody() {
        var rig = Rig.withToken()
        let first = rig.unauthorized(1)
        #expect(first.answer == .wait)
        #expect(first.effects.started == [Flight(2)])
        for _ in 0..<200 { #expect(rig.unauthorized(1) == UnauthorizedDecision(answer: .wait, effects: [])) }
        // The token under suspicion serves on: others may have no complaint.
        #expect(rig.want().answer == .use(generation: 1))
        #expect(rig.succeed(2).contains(.publish(generation: 2)))
    }

    @Test func aLate401OfAnOldTokenLeavesTheNewOneAlone() {
        var rig = Rig.withToken()
        _ = rig.unauthorized(1)
        _ = rig.succeed(2)
        for _ in 0..<10 {
            #expect(rig.unauthorized(1) == UnauthorizedDecision(answer: .useNewer(generation: 2), effects: []))
        }
    }

    @Test func generationsNeverHandedOutChangeNothing() {
        var rig = Rig.withToken()
        for generation in [0, 2, UInt64.max] {
            #expect(rig.unauthorized(generation) == UnauthorizedDecision(answer: .passOn, effects: []))
        }
        var empty = Rig()
        #expect(empty.unauthorized(1) == UnauthorizedDecision(answer: .passOn, effects: []))
    }

    @Test func anAPIThatAlwaysSays401CausesFewRefreshes() {
        var rig = Rig.withToken(lifetime: .seconds(86_400))
        var refreshes: [Nanoseconds] = []
        var flight: UInt64 = 1
        for _ in 0..<36_000 {  // an hour, ten a second
            rig.pass(.milliseconds(100))
            let generation = rig.machine.issued?.generation ?? 0
            let started = rig.unauthorized(generation).effects.started
            if !started.isEmpty {
                refreshes.append(rig.now.boot)
                flight += 1
                _ = rig.succeed(flight, lifetime: .seconds(86_400))
            }
        }
        for (earlier, later) in zip(refreshes, refreshes.dropFirst()) { #expect(later - earlier >= .seconds(30)) }
        #expect((12...17).contains(refreshes.count), "the interval grows to five minutes")
    }

    @Test func aRevocationNowAndThenIsMendedEachTime() {
        var rig = Rig.withToken(lifetime: .seconds(86_400))
        for flight in 2...6 as ClosedRange<UInt64> {
            rig.pass(.seconds(130))
            #expect(rig.unauthorized(flight - 1).effects.started == [Flight(flight)])
            _ = rig.succeed(flight, lifetime: .seconds(86_400))
        }
    }

    @Test func withTheBudgetSpentThe401IsTheClientsAnswer() {
        var rig = Rig.withToken()
        _ = rig.unauthorized(1)
        _ = rig.succeed(2)
        #expect(rig.unauthorized(2) == UnauthorizedDecision(answer: .passOn, effects: []))
        rig.pass(.seconds(30))
        #expect(rig.unauthorized(2).answer == .wait)
    }

    @Test func whileBackingOffNothingIsStarted() throws {
        var rig = Rig.withToken()
        _ = rig.unauthorized(1)
        let failed = rig.fail(2)
        #expect(failed.told != nil, "those who wait pass their 401 on")
        #expect(rig.unauthorized(1) == UnauthorizedDecision(answer: .passOn, effects: []))
        // The renewal is tried again without being asked.
        rig.pass(toBoot: try #require(failed.timer))
        #expect(rig.fire().started == [Flight(3)])
    }

    @Test func a401OfATokenThatHasMeanwhileExpiredIsADemand() {
        var rig = Rig.withToken(lifetime: .seconds(10))
        rig.pass(.seconds(10))
        let decision = rig.unauthorized(1)
        #expect(decision.answer == .wait)
        #expect(decision.effects.started == [Flight(2)])
    }
}
