import TestSupport
import Testing

@testable import Transport

/// Look-ups by a resolver that does what a test says: who waits for whom, and for how long.
@Suite struct NameLookUpTests {
    private static let address = SocketAddress.ipv4(0x7F00_0001, port: 0)

    /// Notes each look-up, and lets it end when its name was let go.
    private final class Scripted: Sendable {
        let asked = Recorder<String>()
        let released = Recorder<String>()

        @Sendable func lookUp(_ host: String) -> Result<[SocketAddress], Resolver.Failure> {
            asked.note(host)
            guard host.hasPrefix("slow") else { return .success([NameLookUpTests.address]) }
            // Longer than the test may take on a machine that is busy with other things.
            _ = eventually(seconds: 600) { self.released.all.contains(host) }
            return .success([NameLookUpTests.address])
        }
    }

    private func ask(
        _ resolver: Resolver, _ host: String, on actor: LoopActor, limit: Int64 = 600_000_000_000,
        into results: Recorder<String>, port: UInt16 = 1
    ) async {
        await actor.run { loop in
            resolver.resolve(host, port: port, on: loop, limit: limit) { result in
                switch result {
                case .success(let found): results.note("\(host) \(found.map(\.description))")
                case .failure(let failure): results.note("\(host) \(failure)")
                }
            }
        }
    }

    @Test func whoeverAsksMeanwhileWaitsForTheSameAnswer() async throws {
        let (actor, driver) = try LoopActor.start()
        let (other, otherDriver) = try LoopActor.start()
        let scripted = Scripted()
        let resolver = Resolver(pool: BlockingPool(threads: 2), patience: .max, lookUp: scripted.lookUp)
        let results = Recorder<String>()
        for port in 1...3 as ClosedRange<UInt16> { await ask(resolver, "slow", on: actor, into: results, port: port) }
        await ask(resolver, "slow", on: other, into: results, port: 4)
        _ = try await blocking { scripted.asked.wait(for: 1) }
        scripted.released.note("slow")
        let all = try await blocking { results.wait(for: 4) }
        #expect(Set(all) == Set((1...4).map { "slow [\"127.0.0.1:\($0)\"]" }))
        #expect(scripted.asked.all == ["slow"])
        // The next one asks anew.
        await ask(resolver, "slow", on: actor, into: results)
        _ = try await blocking { results.wait(for: 5) }
        #expect(scripted.asked.all == ["slow", "slow"])
        withExtendedLifetime((driver, otherDriver)) {}
    }

    /// The one look-up that hangs has one thread, however many ask for it; other names do not notice.
    @Test func aNameThatHangsCostsNobodyElseAnything() async throws {
        let (actor, driver) = try LoopActor.start()
        let scripted = Scripted()
        let resolver = Resolver(pool: BlockingPool(threads: 2), patience: .max, lookUp: scripted.lookUp)
        let results = Recorder<String>()
        for _ in 0..<50 { await ask(resolver, "slow", on: actor, limit: 50_000_000, into: results) }
        let late = try await blocking { results.wait(for: 50) }
        #expect(late == Array(repeating: "slow timedOut", count: 50))
        for number in 0..<10 { await ask(resolver, "fast\(number)", on: actor, into: results) }
        let all = try await blocking { results.wait(for: 60) }
        #expect(all.suffix(10) == (0..<10).map { "fast\($0) [\"127.0.0.1:1\"]" }[...])
        #expect(scripted.asked.all.filter { $0 == "slow" }.count == 1)
        // It comes back after all, too late for those who have gone, and in time for who asks then.
        await ask(resolver, "slow", on: actor, into: results)
        scripted.released.note("slow")
        let whole = try await blocking { results.wait(for: 61) }
        #expect(whole.last == "slow [\"127.0.0.1:1\"]")
        #expect(scripted.asked.all.filter { $0 == "slow" }.count == 1)
        withExtendedLifetime(driver) {}
    }

    /// A look-up that hangs for good does not hold its name for good: another is tried, and no third.
    @Test func aSecondLookUpIsTriedWhereTheFirstHangs() async throws {
        let (actor, driver) = try LoopActor.start()
        let asked = Recorder<Int>()
        let released = Recorder<Int>()
        let resolver = Resolver(pool: BlockingPool(threads: 4), patience: -1) { _ in
            asked.note(0)
            // The first hangs, the second waits for the test.
            _ = eventually(seconds: 600) { released.all.count >= (asked.all.count > 1 ? 1 : 2) }
            return .success([NameLookUpTests.address])
        }
        let results = Recorder<String>()
        await ask(resolver, "api", on: actor, into: results)
        _ = try await blocking { asked.wait(for: 1) }
        for _ in 0..<5 { await ask(resolver, "api", on: actor, into: results) }
        released.note(1)
        let all = try await blocking { results.wait(for: 6) }
        #expect(all == Array(repeating: "api [\"127.0.0.1:1\"]", count: 6))
        #expect(asked.all.count == 2)
        released.note(2)
        withExtendedLifetime(driver) {}
    }

    @Test func aFullPoolIsSaidAtOnce() async throws {
        let (actor, driver) = try LoopActor.start()
        let scripted = Scripted()
        let resolver = Resolver(pool: BlockingPool(threads: 1), patience: .max, lookUp: scripted.lookUp)
        let results = Recorder<String>()
        for number in 0..<66 { await ask(resolver, "slow\(number)", on: actor, into: results) }
        let refused = try await blocking { results.wait(for: 1) }
        #expect(refused == ["slow65 overloaded"])
        for number in 0..<65 { scripted.released.note("slow\(number)") }
        let all = try await blocking { results.wait(for: 66) }
        #expect(all.count == 66)
        withExtendedLifetime(driver) {}
    }
}
