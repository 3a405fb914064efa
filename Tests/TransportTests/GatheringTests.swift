import Testing

@testable import Transport

@Suite struct GatheringTests {
    /// One of a loop that worked for so many of a thousand microseconds.
    private func gathering(busy: Int64) -> Gathering {
        var gathering = Gathering()
        gathering.noteRound(worked: busy * 1000, elapsed: 1_000_000)
        return gathering
    }

    private func sleepsUntilDue(_ gathering: inout Gathering, atMost: Int = 5000) -> Int {
        for number in 0..<atMost where gathering.isDue() { return number }
        return atMost
    }

    @Test func whoIsIdleForHalfOfTheTimeWaitsForNothing() {
        for (busy, isDue) in [(0, false), (499, false), (500, false), (501, true), (1000, true)] as [(Int64, Bool)] {
            var gathering = gathering(busy: busy)
            let answer = gathering.isDue()
            #expect(answer == isDue, "busy for \(busy) of 1,000")
        }
        var new = Gathering()
        let isDueAtOnce = new.isDue()
        #expect(!isDueAtOnce)
    }

    @Test func manyShortRoundsCountTogether() {
        var gathering = Gathering()
        for _ in 0..<99 { gathering.noteRound(worked: 9_000, elapsed: 10_000) }
        var seen = [gathering.isDue()]
        gathering.noteRound(worked: 9_000, elapsed: 10_000)
        seen.append(gathering.isDue())
        // One long sleep, and what was before it counts no more.
        gathering.noteRound(worked: 9_000, elapsed: 50_000_000)
        seen.append(gathering.isDue())
        #expect(seen == [false, true, false])
    }

    @Test func whatPaysIsDoneEachTime() {
        var gathering = gathering(busy: 900)
        for _ in 0..<10 {
            let sleeps = sleepsUntilDue(&gathering)
            #expect(sleeps == 0)
            gathering.noteGathered(2)
        }
    }

    @Test func whatDoesNotPayIsTriedMoreAndMoreRarely() {
        var gathering = gathering(busy: 900)
        var pauses: [Int] = []
        for count in [0, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1] {
            _ = sleepsUntilDue(&gathering)
            gathering.noteGathered(count)
            var copy = gathering
            pauses.append(sleepsUntilDue(&copy))
        }
        #expect(pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 1024, 1024])
        // As soon as it pays again it is done each time again.
        gathering.noteGathered(2)
        let afterSuccess = sleepsUntilDue(&gathering)
        gathering.noteGathered(1)
        let afterOneMiss = sleepsUntilDue(&gathering)
        #expect([afterSuccess, afterOneMiss] == [0, 1])
    }

    /// A clock that was set by the machine's sleep, or worse.
    @Test func noTimesTrap() {
        var gathering = Gathering()
        for (worked, elapsed) in [(Int64.max, Int64.max), (.min, .max), (.max, .max), (-1, -1), (.min, .min)] {
            gathering.noteRound(worked: worked, elapsed: elapsed)
            _ = gathering.isDue()
        }
    }
}
