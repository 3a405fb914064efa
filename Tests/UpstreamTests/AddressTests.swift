import Foundation
import Secrets
import Synchronization
import TestSupport
import Testing
import Transport

@testable import Upstream

/// Names that lead to several addresses, to others than before, or nowhere.
@Suite(.serialized) struct AddressTests {
    /// A resolver by which the one name there is leads where a test says.
    private final class Names: Sendable {
        private let addresses: Mutex<[UInt8]>
        let asked = Recorder<String>()

        init(_ last: UInt8...) { addresses = Mutex(last) }

        func set(_ last: UInt8...) { addresses.withLock { $0 = last } }

        @Sendable func lookUp(_ host: String) -> Result<[SocketAddress], Resolver.Failure> {
            asked.note(host)
            let found = addresses.withLock { $0 }
            return found.isEmpty ? .failure(.nameUnknown) : .success(found.map { .ipv4(0x7F00_0000 + UInt32($0), port: 0) })
        }
    }

    @Sendable private static func answer(_ peer: Peer) throws {
        while (try? peer.readHead()) != nil { try peer.send(ok) }
    }

    @Test func theNextAddressIsTriedWhereOneRefuses() async throws {
        let server = try ScriptedServer(last: 3) { peer, _ in try Self.answer(peer) }
        // Nobody but this test has anything there.
        let names = Names(2, 3)
        let bench = try await PoolBench(port: server.port, host: "api.test", lookUp: names.lookUp)
        #expect(try await bench.run() == ["new", "200", "ended"])
        await bench.end()
        server.stop()
    }

    /// What takes the connection and then breaks off, or hangs, is no better than what refuses it.
    @Test(arguments: [false, true])
    func theNextAddressIsTriedWhereNobodyAnswers(hangs: Bool) async throws {
        let first = try ScriptedServer { peer, _ in
            _ = try peer.readHead()
            if hangs { _ = peer.readToEnd() }
        }
        let second = try ScriptedServer(last: 2, port: first.port) { peer, _ in
            _ = try peer.readHead()
            try peer.send("HTTP/1.1 403 X\r\n\r\n")
        }
        let names = Names(1, 2)
        var timeouts = UpstreamTimeouts()
        timeouts.tunnel = 200_000_000
        let bench = try await PoolBench(
            port: 443, host: "api.test", timeouts: timeouts, proxy: EgressProxy(host: "proxy.test", port: first.port),
            lookUp: names.lookUp)
        #expect(try await bench.run() == ["refused egress(Upstream.EgressFailure.refused(status: 403))"])
        #expect((first.connectionCount, second.connectionCount) == (1, 1))
        #expect(await bench.with { $0.connectionCount } == 0)
        await bench.end()
        first.stop()
        second.stop()
    }

    /// Not without end: so many others for one connection.
    @Test func notEveryAddressIsTried() async throws {
        let tried = Recorder<UInt8>()
        let first = try ScriptedServer { peer, _ in
            _ = try peer.readHead()
            tried.note(1)
        }
        let others = try (2...6 as ClosedRange<UInt8>).map { last in
            try ScriptedServer(last: last, port: first.port) { peer, _ in
                _ = try peer.readHead()
                tried.note(last)
            }
        }
        let names = Names(1, 2, 3, 4, 5, 6)
        let bench = try await PoolBench(
            port: 443, host: "api.test", proxy: EgressProxy(host: "proxy.test", port: first.port), lookUp: names.lookUp)
        #expect(try await bench.run() == ["refused egress(Upstream.EgressFailure.closed)"])
        #expect(Set(tried.wait(for: 3)).count == 3 && tried.all.count == 3)
        await bench.end()
        for server in [first] + others { server.stop() }
    }

    /// The server moves: connections to where it was end by themselves, and the next request goes to where it is.
    @Test func connectionsFollowTheName() async throws {
        let old = try ScriptedServer { peer, _ in try Self.answer(peer) }
        let new = try ScriptedServer(last: 2, port: old.port) { peer, _ in try Self.answer(peer) }
        let names = Names(1)
        var timeouts = UpstreamTimeouts()
        timeouts.addressLife = 30_000_000
        let bench = try await PoolBench(port: old.port, host: "api.test", timeouts: timeouts, lookUp: names.lookUp)
        #expect(try await bench.run() == ["new", "200", "ended"])
        // Asked for again and again, and nothing happens as long as it leads to the same place, among others.
        names.set(2, 1)
        let asked = names.asked.all.count
        try await blocking { _ = names.asked.wait(for: asked + 4) }
        #expect(try await bench.run() == ["reused", "200", "ended"])
        // No answer is no reason to leave.
        names.set()
        try await blocking { _ = names.asked.wait(for: names.asked.all.count + 4) }
        #expect(await bench.with { $0.connectionCount } == 1)
        names.set(2)
        try await blocking { _ = old.finished.wait(for: 1) }
        #expect(try await bench.run() == ["new", "200", "ended"])
        #expect((old.connectionCount, new.connectionCount) == (1, 1))
        await bench.end()
        old.stop()
        new.stop()
    }

    /// An exchange that is under way when the server moves ends as it began, and its connection with it.
    @Test func anAnswerUnderWayIsNotCut() async throws {
        let release = Recorder<Int>()
        let old = try ScriptedServer { peer, _ in
            _ = try peer.readHead()
            release.wait(for: 1)
            try peer.send(ok)
            _ = peer.readToEnd()
        }
        let names = Names(1)
        var timeouts = UpstreamTimeouts()
        timeouts.addressLife = 30_000_000
        let bench = try await PoolBench(port: old.port, host: "api.test", timeouts: timeouts, lookUp: names.lookUp)
        let client = Client()
        await bench.start(client)
        _ = try await bench.events(of: client, last: ["new"])
        names.set(2)
        try await blocking { _ = names.asked.wait(for: names.asked.all.count + 4) }
        release.note(1)
        #expect(try await bench.events(of: client) == ["new", "200", "ended"])
        #expect(await bench.with { $0.connectionCount } == 0)
        await bench.end()
        old.stop()
    }

    /// Where one connection shows that nothing comes back, the idle ones on the same way are not left for others to
    /// find out, and the name is looked up anew.
    @Test func oneTimeOutEndsTheIdleOnesToo() async throws {
        let both = Recorder<Int>()
        let server = try ScriptedServer { peer, number in
            while let head = try? peer.readHead() {
                if head.startLine.contains("/hang") { continue }
                both.note(number)
                both.wait(for: 2)
                try peer.send(ok)
            }
        }
        let names = Names(1)
        let bench = try await PoolBench(port: server.port, host: "api.test", lookUp: names.lookUp)
        let (first, second) = (Client(), Client())
        await bench.start(first)
        await bench.start(second)
        #expect(try await bench.events(of: first) == ["new", "200", "ended"])
        #expect(try await bench.events(of: second) == ["new", "200", "ended"])
        #expect(await bench.with { $0.idleCount } == 2)
        let asked = names.asked.all.count
        let third = Client()
        third.request = "GET /hang HTTP/1.1\r\nHost: x\r\n"
        third.answerTimeout = 100_000_000
        #expect(try await bench.run(third) == ["reused", "failed answerTimedOut reused"])
        #expect(await bench.with { $0.connectionCount } == 0)
        #expect(try await bench.run() == ["new", "200", "ended"])
        #expect(names.asked.all.count == asked + 1)
        await bench.end()
        server.stop()
    }

    /// What is cut by the server says nothing of the way to it.
    @Test func oneCutLeavesTheOthers() async throws {
        let both = Recorder<Int>()
        let server = try ScriptedServer { peer, number in
            while let head = try? peer.readHead() {
                if head.startLine.contains("/cut") { return }
                both.note(number)
                both.wait(for: 2)
                try peer.send(ok)
            }
        }
        let bench = try await PoolBench(port: server.port)
        let (first, second) = (Client(), Client())
        await bench.start(first)
        await bench.start(second)
        _ = try await bench.events(of: first)
        _ = try await bench.events(of: second)
        let third = Client()
        third.request = "GET /cut HTTP/1.1\r\nHost: x\r\n"
        #expect(try await bench.run(third) == ["reused", "failed closedBeforeAnswer reused"])
        #expect(await bench.with { $0.connectionCount } == 1)
        await bench.end()
        server.stop()
    }

    /// The resolver hangs: who waits is told in time, and who has a connection does not notice.
    @Test func aResolverThatHangsHoldsNobodyElse() async throws {
        let server = try ScriptedServer { peer, number in
            while let head = try? peer.readHead() {
                if head.startLine.contains("/held") { _ = peer.hasNews(within: 20_000) }
                try peer.send(ok)
            }
        }
        let released = Recorder<Int>()
        let asked = Recorder<Int>()
        var timeouts = UpstreamTimeouts()
        timeouts.lookUp = 200_000_000
        timeouts.addressLife = 1
        let bench = try await PoolBench(port: server.port, host: "api.test", timeouts: timeouts) { _ in
            asked.note(0)
            if asked.all.count > 1 { released.wait(for: 1) }
            return .success([.ipv4(0x7F00_0001, port: 0)])
        }
        #expect(try await bench.run() == ["new", "200", "ended"])
        // The one connection is taken; all others need another look-up.
        let held = Client()
        held.request = "GET /held HTTP/1.1\r\nHost: x\r\n"
        await bench.start(held)
        let waiting = (0..<50).map { _ in Client() }
        for client in waiting { await bench.start(client) }
        for client in waiting {
            #expect(
                try await bench.events(of: client)
                    == ["refused nameNotResolved(Transport.Resolver.Failure.timedOut)"])
        }
        #expect(await bench.with { $0.waitingCount } == 0)
        released.note(1)
        await bench.with { _ in held.connection?.abandon() }
        #expect(try await bench.run() == ["new", "200", "ended"])
        await bench.end()
        server.stop()
    }
}
