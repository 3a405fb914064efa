import Testing

@testable import Transport

@Suite struct GatheringTests {
    private typealias Wait = Gathering.Wait

    /// One of a loop that worked for so many of a hundred parts of its time.
    private func gathering(busy: Int64 = 90) -> Gathering {
        var gathering = Gathering()
        spend(&gathering, busy: busy)
        return gathering
    }

    private func spend(_ gathering: inout Gathering, busy: Int64) {
        let part = Gathering.window / 100
        gathering.noteRound(worked: part * busy, waited: part * (100 - busy), Wait(count: 1))
    }

    /// A pause that brings so many events and so much work, in microseconds.
    private func pause(_ gathering: inout Gathering, count: Int, took: Int64 = 100, work: Int64 = 60) {
        gathering.noteRound(worked: 0, waited: took * 1000, Wait(count: count, isPause: true))
        gathering.noteRound(worked: work * 1000, waited: 0, Wait(count: 1))
    }

    private func sleepsUntilItsTurn(_ gathering: inout Gathering, atMost: Int = 5000) -> Int {
        for number in 0..<atMost where gathering.takesTurn() { return number }
        return atMost
    }

    @Test func whoIsIdleForHalfOfTheTimeNeverPauses() {
        for (busy, expected) in [(0, false), (49, false), (50, false), (51, true), (100, true)] as [(Int64, Bool)] {
            var gathering = gathering(busy: busy)
            let takesTurn = gathering.takesTurn()
            #expect(takesTurn == expected, "busy for \(busy) of 100")
        }
        var new = Gathering()
        let takesTurn = new.takesTurn()
        #expect(!takesTurn)
    }

    @Test func manyShortRoundsCountTogetherAndOldOnesNoMore() {
        var gathering = Gathering()
        let part = Gathering.window / 100
        for _ in 0..<99 { gathering.noteRound(worked: part * 9 / 10, waited: part / 10, Wait(count: 1)) }
        var seen = [gathering.takesTurn()]
        gathering.noteRound(worked: part * 9 / 10, waited: part / 10, Wait(count: 1))
        seen.append(gathering.takesTurn())
        for busy in [1, 90] as [Int64] {
            spend(&gathering, busy: busy)
            seen.append(gathering.takesTurn())
        }
        #expect(seen == [false, true, false, true])
    }

    @Test func whatPaysIsDoneEachTime() {
        var gathering = gathering()
        for _ in 0..<10 {
            let sleeps = sleepsUntilItsTurn(&gathering)
            #expect(sleeps == 0)
            pause(&gathering, count: 3)
        }
    }

    @Test(arguments: [
        // Two events may be of one exchange.
        (count: 2, took: Int64(100), work: Int64(1000)), (count: 0, took: 100, work: 0),
        // A few clients who all wait for us; and a kernel that lets nobody sleep for so short a time.
        (count: 8, took: 100, work: 49), (count: 128, took: 4000, work: 1300),
    ])
    func whatDoesNotPayIsTriedMoreAndMoreRarely(count: Int, took: Int64, work: Int64) {
        var gathering = gathering()
        var skipped: [Int] = []
        for _ in 0..<13 {
            pause(&gathering, count: count, took: took, work: work)
            // So that it stays a busy one.
            for _ in 0..<2 { spend(&gathering, busy: 100) }
            skipped.append(sleepsUntilItsTurn(&gathering))
        }
        #expect(skipped == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 1024, 1024])
        // As soon as it pays again it is done each time again.
        pause(&gathering, count: 3)
        let afterSuccess = sleepsUntilItsTurn(&gathering)
        pause(&gathering, count: 2)
        let afterOneMiss = sleepsUntilItsTurn(&gathering)
        #expect([afterSuccess, afterOneMiss] == [0, 1])
    }

    @Test func sleepsOfAnIdleLoopDoNotCount() {
        var gathering = gathering()
        pause(&gathering, count: 0)
        spend(&gathering, busy: 1)
        for _ in 0..<5 { _ = gathering.takesTurn() }
        for _ in 0..<2 { spend(&gathering, busy: 90) }
        let sleeps = sleepsUntilItsTurn(&gathering)
        #expect(sleeps == 1)
    }

    /// A clock that was set by whoever, or cannot be read.
    @Test func noTimesTrapNorStick() {
        var gathering = Gathering()
        for (worked, waited) in [(Int64.max, Int64.max), (.min, .max), (.max, .min), (-1, -1), (.min, .min)] {
            gathering.noteRound(worked: worked, waited: waited, Wait(count: .max, isPause: true))
            _ = gathering.takesTurn()
        }
        spend(&gathering, busy: 90)
        spend(&gathering, busy: 90)
        let whenBusy = sleepsUntilItsTurn(&gathering)
        spend(&gathering, busy: 1)
        let whenIdle = sleepsUntilItsTurn(&gathering)
        #expect(whenBusy < 5000 && whenIdle == 5000)
    }
}
