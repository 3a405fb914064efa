import Testing

@testable import Upstream

/// Eight connections: four may be waiting for their clients, one is the reserve. Times in nanoseconds, none of them real.
@Suite struct ReliefTests {
    private static let patience: Int64 = 320
    private var relief = Relief(limits: PoolLimits(connections: 8), patience: patience)

    private func load(
        serving: Int, awaiting: Int, whole: Int = 0, partial: Int = 0
    ) -> Relief.Load {
        Relief.Load(serving: serving, awaitingClients: awaiting, waitingWhole: whole, waitingPartial: partial)
    }

    private func wait(_ load: Relief.Load, since: Int64 = 1000, at now: Int64 = 1100) -> Int64? {
        relief.wait(since: since, load: load, at: now)
    }

    @Test func halfIsTheirs() {
        #expect(wait(load(serving: 8, awaiting: 4, whole: 100)) == nil)
        #expect(wait(load(serving: 8, awaiting: 4, whole: 100), at: 1_000_000) == nil)
        #expect(wait(load(serving: 8, awaiting: 5, whole: 100)) == 220)
    }

    @Test func moreThanHalfIsTheirsWhereNobodyNeedsIt() {
        #expect(wait(load(serving: 5, awaiting: 5), at: 1_000_000) == nil)
        #expect(wait(load(serving: 7, awaiting: 7), at: 1_000_000) == nil)
    }

    /// Before anybody waits, and whoever uses or wants the last ones.
    @Test func theReserveIsKeptFree() {
        #expect(wait(load(serving: 8, awaiting: 8)) == 220)
        #expect(wait(load(serving: 8, awaiting: 5)) == 220)
        #expect(wait(load(serving: 5, awaiting: 5, whole: 3)) == 220)
        #expect(wait(load(serving: 5, awaiting: 5, whole: 2)) == nil)
    }

    @Test func whoHasDoneSomethingLatelyStays() {
        let all = load(serving: 8, awaiting: 8, whole: 1000)
        #expect(wait(all, since: 1000, at: 1319) == 1)
        #expect(wait(all, since: 1000, at: 1320) == 0)
        #expect(wait(all, since: 1000, at: 1400) == -80)
    }

    /// Who is not whole does not wait for the other half.
    @Test func partialRequestsCauseNoMoreThanOneToLeaveAtATime() {
        var relief = relief
        let dripping = load(serving: 4, awaiting: 4, partial: 2)
        #expect(relief.wait(since: 1000, load: dripping, at: 2000) == -680)
        relief.told(at: 2000)
        relief.told(at: 2000)
        #expect(relief.wait(since: 1000, load: dripping, at: 3000) == nil)
        relief.left()
        // A 48th of the patience between two of them.
        #expect(relief.wait(since: 1000, load: dripping, at: 2005) == 1)
        #expect(relief.wait(since: 1000, load: dripping, at: 2020) == -14)
        #expect(relief.wait(since: 1900, load: dripping, at: 2020) == 200)
        #expect(relief.wait(since: 1000, load: load(serving: 3, awaiting: 3, partial: 2), at: 2020) == nil)
    }

    @Test func poolsOfOneOrTwoWorkToo() {
        let one = Relief(limits: PoolLimits(connections: 1), patience: 320)
        #expect(one.wait(since: 0, load: load(serving: 1, awaiting: 1, whole: 1), at: 1000) == nil)
        let two = Relief(limits: PoolLimits(connections: 2), patience: 320)
        #expect(two.wait(since: 0, load: load(serving: 2, awaiting: 2), at: 1000) == nil)
        #expect(two.wait(since: 0, load: load(serving: 2, awaiting: 2, whole: 1), at: 1000) == -680)
    }
}
