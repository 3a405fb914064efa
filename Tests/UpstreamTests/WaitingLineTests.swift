import TestSupport
import Testing
import Wire

@testable import Upstream

@Suite struct WaitingLineTests {
    private final class Party {}

    private final class Client: UpstreamClient {
        let name: String
        let party: Party?

        let isWhole: Bool

        init(_ name: String, _ party: Party?, isWhole: Bool = true) {
            self.name = name
            self.party = party
            self.isWhole = isWhole
        }

        var queueingParty: ObjectIdentifier? { party.map { ObjectIdentifier($0) } }

        func connectionObtained(_ connection: UpstreamConnection) {}
        func connectionRefused(_ failure: UpstreamFailure) {}
        func interimHeadReceived(_ head: borrowing ResponseHead) {}
        func headReceived(_ head: borrowing ResponseHead, framing: BodyFraming, options: ConnectionOptions) {}
        func bodyReceived(_ bytes: Span<UInt8>, isLast: Bool) {}
        func answerEnded(_ trailers: TrailerSection?) {}
        func receivingPaused() {}
        func sendingDrained() {}
        func exchangeFailed(_ failure: UpstreamFailure, wasReused: Bool) {}
    }

    private let greedy = Party()
    private let modest = Party()
    private let other = Party()

    private func name(_ client: (any UpstreamClient)?) -> String? { (client as? Client)?.name }

    private func drain(_ line: inout WaitingLine) -> [String] {
        var names: [String] = []
        while let next = name(line.takeNext()) { names.append(next) }
        return names
    }

    @Test func partiesTakeTurnsAndEachKeepsItsOrder() {
        var line = WaitingLine()
        for number in 1...5 { line.append(Client("g\(number)", greedy), needsNew: false) }
        line.append(Client("m1", modest), needsNew: false)
        line.append(Client("o1", other), needsNew: false)
        line.append(Client("o2", other), needsNew: false)
        line.append(Client("x", nil), needsNew: false)
        #expect(line.count == 9)
        #expect(drain(&line) == ["g1", "m1", "o1", "x", "g2", "o2", "g3", "g4", "g5"])
        #expect(line.isEmpty)
    }

    @Test func knowsHowManyAreWholeAndHowManyNeedANewConnection() {
        var line = WaitingLine()
        let slow = Client("s1", greedy, isWhole: false)
        line.append(slow, needsNew: false)
        line.append(Client("s2", greedy, isWhole: false), needsNew: true)
        line.append(Client("m1", modest), needsNew: true)
        #expect([line.count, line.wholeCount, line.needingNewCount] == [3, 1, 2])
        #expect(name(line.takeNext { $0.isWhole }) == "m1")
        #expect([line.count, line.wholeCount, line.needingNewCount] == [2, 0, 1])
        line.remove(slow)
        #expect([line.count, line.wholeCount, line.needingNewCount] == [1, 0, 1])
        #expect(name(line.displaceNewest(for: Client("o1", other))) == nil)
        #expect(name(line.takeNext()) == "s2")
        #expect([line.count, line.wholeCount, line.needingNewCount] == [0, 0, 0])
    }

    @Test func whoComesBackWaitsForHisTurn() {
        var line = WaitingLine()
        for number in 1...3 { line.append(Client("g\(number)", greedy), needsNew: false) }
        line.append(Client("m1", modest), needsNew: false)
        #expect(name(line.takeNext()) == "g1")
        line.append(Client("g4", greedy), needsNew: false)
        #expect(drain(&line) == ["m1", "g2", "g3", "g4"])
    }

    @Test func whoNeedsANewConnectionIsPassedOverAndNotForgotten() {
        var line = WaitingLine()
        line.append(Client("g1", greedy), needsNew: true)
        line.append(Client("g2", greedy), needsNew: false)
        line.append(Client("m1", modest), needsNew: true)
        #expect(name(line.takeNext { !$0.needsNew }) == "g2")
        #expect(name(line.takeNext { !$0.needsNew }) == nil)
        #expect(drain(&line) == ["m1", "g1"])
    }

    @Test func whoLeavesIsTakenOut() {
        var line = WaitingLine()
        let leaving = Client("m1", modest)
        line.append(Client("g1", greedy), needsNew: false)
        line.append(leaving, needsNew: false)
        line.append(Client("g2", greedy), needsNew: false)
        line.remove(leaving)
        line.remove(leaving)
        #expect(line.count == 2)
        #expect(drain(&line) == ["g1", "g2"])
    }

    @Test func inAFullLineTheLongestGivesWay() {
        var line = WaitingLine()
        for number in 1...3 { line.append(Client("g\(number)", greedy), needsNew: false) }
        let newcomer = Client("m1", modest)
        #expect(name(line.displaceNewest(for: newcomer)) == "g3")
        line.append(newcomer, needsNew: false)
        // Two to one: nobody has so much more that it would be fair to take it away.
        #expect(line.displaceNewest(for: Client("m2", modest)) == nil)
        #expect(line.displaceNewest(for: Client("g4", greedy)) == nil)
        #expect(drain(&line) == ["g1", "m1", "g2"])
    }

    /// Whoever comes and goes: nobody is lost or served twice, and a party that waits is passed over at most once by
    /// each other one between two of its turns.
    @Test func nobodyIsStarved() {
        var generator = SplitMix64(seed: 21)
        let parties = (0..<6).map { _ in Party() }
        for _ in 0..<200 {
            var line = WaitingLine()
            var expected: Set<String> = []
            var served: [Int] = []
            var serial = 0
            for _ in 0..<300 {
                if Int.random(in: 0..<3, using: &generator) > 0 {
                    let party = min(Int.random(in: 0..<12, using: &generator), 5)
                    serial += 1
                    line.append(Client("\(party):\(serial)", parties[party]), needsNew: false)
                    expected.insert("\(party):\(serial)")
                } else if let next = name(line.takeNext()) {
                    #expect(expected.remove(next) != nil)
                    served.append(Int(next.prefix { $0 != ":" }) ?? -1)
                }
            }
            let rest = drain(&line)
            #expect(Set(rest) == expected && rest.count == expected.count)
            // While all of them wait, the turns are a round.
            let waiting = Set(rest.map { $0.prefix { $0 != ":" } })
            #expect(Set(rest.prefix(waiting.count).map { $0.prefix { $0 != ":" } }) == waiting)
        }
    }
}
