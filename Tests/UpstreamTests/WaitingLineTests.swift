import TestSupport
import Testing
import Wire

@testable import Upstream

@Suite struct WaitingLineTests {
    private final class Party {}

    private final class Client: UpstreamClient {
        let name: String
        let party: Party?

        let pace: ClientPace

        init(_ name: String, _ party: Party?, pace: ClientPace = .prompt) {
            self.name = name
            self.party = party
            self.pace = pace
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
    private func name(_ waiter: WaitingLine.Waiter?) -> String? { name(waiter?.client) }

    private func append(_ client: Client, to line: inout WaitingLine, needsNew: Bool) {
        line.append(client, pace: client.pace, needsNew: needsNew)
    }

    private func drain(_ line: inout WaitingLine) -> [String] {
        var names: [String] = []
        while let next = name(line.takeNext()) { names.append(next) }
        return names
    }

    @Test func partiesTakeTurnsAndEachKeepsItsOrder() {
        var line = WaitingLine()
        for number in 1...5 { append(Client("g\(number)", greedy), to: &line, needsNew: false) }
        append(Client("m1", modest), to: &line, needsNew: false)
        append(Client("o1", other), to: &line, needsNew: false)
        append(Client("o2", other), to: &line, needsNew: false)
        append(Client("x", nil), to: &line, needsNew: false)
        #expect(line.count == 9)
        #expect(drain(&line) == ["g1", "m1", "o1", "x", "g2", "o2", "g3", "g4", "g5"])
        #expect(line.isEmpty)
    }

    @Test func knowsHowManyArePromptAndHowManyNeedANewConnection() {
        var line = WaitingLine()
        let slow = Client("s1", greedy, pace: .sending)
        append(slow, to: &line, needsNew: false)
        append(Client("s2", greedy, pace: .sending), to: &line, needsNew: true)
        append(Client("m1", modest), to: &line, needsNew: true)
        #expect([line.count, line.promptCount, line.needingNewCount] == [3, 1, 2])
        append(Client("n1", other, pace: .narrow), to: &line, needsNew: false)
        #expect([line.count, line.promptCount, line.sendingCount, line.narrowCount] == [4, 1, 2, 1])
        #expect(name(line.takeNext { $0.pace == .narrow }) == "n1")
        #expect([line.count, line.promptCount, line.sendingCount, line.narrowCount] == [3, 1, 2, 0])
        #expect(name(line.takeNext { $0.pace == .prompt }) == "m1")
        #expect([line.count, line.promptCount, line.needingNewCount] == [2, 0, 1])
        line.remove(slow)
        #expect([line.count, line.promptCount, line.needingNewCount] == [1, 0, 1])
        #expect(name(line.displaceNewest(for: Client("o1", other))) == nil)
        #expect(name(line.takeNext()) == "s2")
        #expect([line.count, line.promptCount, line.needingNewCount] == [0, 0, 0])
    }

    @Test func whoComesBackWaitsForHisTurn() {
        var line = WaitingLine()
        for number in 1...3 { append(Client("g\(number)", greedy), to: &line, needsNew: false) }
        append(Client("m1", modest), to: &line, needsNew: false)
        #expect(name(line.takeNext()) == "g1")
        append(Client("g4", greedy), to: &line, needsNew: false)
        #expect(drain(&line) == ["m1", "g2", "g3", "g4"])
    }

    @Test func whoNeedsANewConnectionIsPassedOverAndNotForgotten() {
        var line = WaitingLine()
        append(Client("g1", greedy), to: &line, needsNew: true)
        append(Client("g2", greedy), to: &line, needsNew: false)
        append(Client("m1", modest), to: &line, needsNew: true)
        #expect(name(line.takeNext { !$0.needsNew }) == "g2")
        #expect(name(line.takeNext { !$0.needsNew }) == nil)
        #expect(drain(&line) == ["m1", "g1"])
    }

    @Test func whoLeavesIsTakenOut() {
        var line = WaitingLine()
        let leaving = Client("m1", modest)
        append(Client("g1", greedy), to: &line, needsNew: false)
        append(leaving, to: &line, needsNew: false)
        append(Client("g2", greedy), to: &line, needsNew: false)
        line.remove(leaving)
        line.remove(leaving)
        #expect(line.count == 2)
        #expect(drain(&line) == ["g1", "g2"])
    }

    @Test func inAFullLineTheLongestGivesWay() {
        var line = WaitingLine()
        for number in 1...3 { append(Client("g\(number)", greedy), to: &line, needsNew: false) }
        let newcomer = Client("m1", modest)
        #expect(name(line.displaceNewest(for: newcomer)) == "g3")
        append(newcomer, to: &line, needsNew: false)
        // Two to one: nobody has so much more that it would be fair to take it away.
        #expect(line.displaceNewest(for: Client("m2", modest)) == nil)
        #expect(line.displaceNewest(for: Client("g4", greedy)) == nil)
        #expect(drain(&line) == ["g1", "m1", "g2"])
    }

    /// Where only some of the paces count, only those are counted and give way.
    @Test func inAFullHalfTheLongestOfThatHalfGivesWay() {
        var line = WaitingLine()
        append(Client("g1", greedy, pace: .narrow), to: &line, needsNew: false)
        append(Client("g2", greedy, pace: .sending), to: &line, needsNew: false)
        for number in 3...6 { append(Client("g\(number)", greedy), to: &line, needsNew: false) }
        let newcomer = Client("m1", modest, pace: .narrow)
        #expect(name(line.displaceNewest(for: newcomer, amongSlow: true)) == "g2")
        #expect(line.displaceNewest(for: newcomer, amongSlow: true) == nil)
        #expect(name(line.displaceNewest(for: newcomer)) == "g6")
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
                    append(Client("\(party):\(serial)", parties[party]), to: &line, needsNew: false)
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

    /// The same rules, where all are gone through each time.
    private struct PlainLine {
        var parties: [(key: Party?, waiters: [(client: Client, needsNew: Bool)])] = []

        var all: [(client: Client, needsNew: Bool)] { parties.flatMap(\.waiters) }

        mutating func append(_ client: Client, needsNew: Bool) {
            if !parties.contains(where: { $0.key === client.party }) { parties.append((client.party, [])) }
            let place = parties.firstIndex { $0.key === client.party }!
            parties[place].waiters.append((client, needsNew))
        }

        mutating func takeNext(_ kinds: Set<WaitingLine.Kind>) -> Client? {
            for turn in parties.indices {
                let isFit: ((client: Client, needsNew: Bool)) -> Bool = {
                    kinds.contains(.init(pace: $0.client.pace, needsNew: $0.needsNew))
                }
                guard let place = parties[turn].waiters.firstIndex(where: isFit) else { continue }
                let taken = parties[turn].waiters.remove(at: place).client
                let party = parties.remove(at: turn)
                if !party.waiters.isEmpty { parties.append(party) }
                return taken
            }
            return nil
        }

        mutating func remove(_ client: Client) {
            for turn in parties.indices { parties[turn].waiters.removeAll { $0.client === client } }
            parties.removeAll { $0.waiters.isEmpty }
        }

        mutating func displaceNewest(for client: Client, amongSlow: Bool) -> Client? {
            func counted(_ turn: Int) -> [Client] {
                parties[turn].waiters.map(\.client).filter { !amongSlow || $0.pace != .prompt }
            }
            let own = parties.firstIndex { $0.key === client.party }.map { counted($0).count } ?? 0
            guard let longest = parties.indices.max(by: { counted($0).count < counted($1).count }),
                counted(longest).count > own + 1, let newest = counted(longest).last
            else { return nil }
            remove(newest)
            return newest
        }
    }

    /// Whoever comes, is taken, leaves or is displaced, in whatever way they wait.
    @Test func agreesWithAPlainLine() {
        var generator = SplitMix64(seed: 22)
        let parties = (0..<5).map { _ in Party() } + [nil]
        for _ in 0..<100 {
            var line = WaitingLine()
            var plain = PlainLine()
            for serial in 0..<400 {
                switch Int.random(in: 0..<8, using: &generator) {
                case 0...3:
                    let party = parties[min(Int.random(in: 0..<9, using: &generator), 5)]
                    let client = Client("\(serial)", party, pace: ClientPace.allCases.randomElement(using: &generator)!)
                    let needsNew = Bool.random(using: &generator)
                    append(client, to: &line, needsNew: needsNew)
                    plain.append(client, needsNew: needsNew)
                case 4, 5:
                    let kinds = Set(WaitingLine.Kind.all.filter { _ in Bool.random(using: &generator) })
                    #expect(name(line.takeNext { kinds.contains($0) }) == name(plain.takeNext(kinds)))
                case 6:
                    guard let leaving = plain.all.randomElement(using: &generator)?.client else { continue }
                    line.remove(leaving)
                    plain.remove(leaving)
                default:
                    let amongSlow = Bool.random(using: &generator)
                    let newcomer = Client("n", parties.randomElement(using: &generator)!)
                    #expect(
                        name(line.displaceNewest(for: newcomer, amongSlow: amongSlow))
                            == name(plain.displaceNewest(for: newcomer, amongSlow: amongSlow)))
                }
                let all = plain.all
                #expect(line.count == all.count)
                #expect(line.needingNewCount == all.count { $0.needsNew })
                #expect(line.promptCount == all.count { $0.client.pace == .prompt })
                #expect(line.narrowCount == all.count { $0.client.pace == .narrow })
                #expect(line.sendingCount == all.count { $0.client.pace == .sending })
            }
            while let next = line.takeNext() { #expect(name(next) == name(plain.takeNext(Set(WaitingLine.Kind.all)))) }
            #expect(plain.all.isEmpty)
        }
    }

    /// A party that waits in several ways has no more turns than one that waits in one way.
    @Test func waysOfWaitingAreNoTurns() {
        var line = WaitingLine()
        for number in 1...3 {
            append(Client("p\(number)", greedy), to: &line, needsNew: false)
            append(Client("s\(number)", greedy, pace: .sending), to: &line, needsNew: false)
            append(Client("n\(number)", greedy, pace: .narrow), to: &line, needsNew: true)
        }
        for number in 1...3 { append(Client("m\(number)", modest), to: &line, needsNew: false) }
        #expect(drain(&line) == ["p1", "m1", "s1", "m2", "n1", "m3", "p2", "s2", "n2", "p3", "s3", "n3"])
    }

    @Test func whoWaitsAlreadyKeepsItsPlace() {
        var line = WaitingLine()
        let client = Client("g1", greedy)
        append(client, to: &line, needsNew: false)
        append(Client("g2", greedy), to: &line, needsNew: false)
        append(client, to: &line, needsNew: false)
        #expect([line.count, line.promptCount] == [2, 2])
        #expect(drain(&line) == ["g1", "g2"])
    }
}
