import Foundation
import Secrets
import TestSupport
import Testing
import Transport
import Wire

@testable import Upstream

let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

@Suite(.serialized) struct PoolTests {
    @Test func connectionsAreUsedAgain() async throws {
        let server = try ScriptedServer.answering { _, _ in ok }
        let bench = try await PoolBench(port: server.port)
        #expect(try await bench.run() == ["new", "200", "ended"])
        for _ in 0..<5 { #expect(try await bench.run() == ["reused", "200", "ended"]) }
        #expect(server.connectionCount == 1)
        #expect(await bench.with { $0.connectionCount } == 1)
        await bench.end()
        server.stop()
    }

    @Test func aReusedConnectionThatDiesSaysThatItWas() async throws {
        let server = try ScriptedServer { peer, _ in
            _ = try peer.readHead()
            try peer.send(ok)
            _ = try peer.readHead()
        }
        let bench = try await PoolBench(port: server.port)
        #expect(try await bench.run() == ["new", "200", "ended"])
        #expect(try await bench.run() == ["reused", "failed closedBeforeAnswer reused"])
        #expect(try await bench.run() == ["new", "200", "ended"])
        await bench.end()
        server.stop()
    }

    @Test func aNewConnectionThatDiesSaysThatToo() async throws {
        let server = try ScriptedServer { peer, number in
            _ = try peer.readHead()
            if number == 1 { peer.reset() }
        }
        let bench = try await PoolBench(port: server.port)
        #expect(try await bench.run() == ["new", "failed closedBeforeAnswer"])
        #expect(try await bench.run().last?.hasPrefix("failed failedBeforeAnswer") == true)
        await bench.end()
        server.stop()
    }

    /// Not even the one that becomes free while it waits.
    @Test func whoNeedsANewConnectionGetsNoUsedOne() async throws {
        let released = Recorder<Int>()
        let server = try ScriptedServer { peer, number in
            _ = try peer.readHead()
            if number == 1 { _ = eventually { !released.all.isEmpty } }
            try peer.send(ok)
        }
        let bench = try await PoolBench(port: server.port, limits: PoolLimits(connections: 1))
        let first = Client()
        await bench.start(first)
        let second = Client()
        await bench.start(second, fresh: true)
        released.note(1)
        #expect(try await bench.events(of: second) == ["new", "200", "ended"])
        #expect(try await bench.events(of: first) == ["new", "200", "ended"])
        await bench.end()
        server.stop()
    }

    /// What an idle connection says, or that it ends, is never taken for an answer.
    @Test(arguments: ["", "HTTP/1.1 408 Timeout\r\nContent-Length: 0\r\n\r\n"])
    func anIdleConnectionThatSpeaksIsDiscarded(_ words: String) async throws {
        let gone = Recorder<Int>()
        let server = try ScriptedServer { peer, number in
            _ = try peer.readHead()
            try peer.send(ok)
            if number > 0 { return }
            usleep(20_000)
            try peer.send(words)
            if words.isEmpty { peer.finishSending() }
            _ = peer.readToEnd()
            gone.note(number)
        }
        let bench = try await PoolBench(port: server.port)
        #expect(try await bench.run() == ["new", "200", "ended"])
        let hasGone = try await blocking { gone.wait(for: 1).count == 1 }
        #expect(hasGone)
        #expect(await bench.with { $0.connectionCount } == 0)
        #expect(try await bench.run() == ["new", "200", "ended"])
        await bench.end()
        server.stop()
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
        ok + "x", ok + ok,
    ])
    func aConnectionThatIsNotFitIsNotUsedAgain(_ answer: String) async throws {
        let server = try ScriptedServer { peer, _ in
            while (try? peer.readHead()) != nil { try peer.send(answer) }
        }
        let bench = try await PoolBench(port: server.port)
        for _ in 0..<5 { #expect(try await bench.run() == ["new", "200", "ended"]) }
        #expect(server.connectionCount == 5)
        await bench.end()
        server.stop()
    }

    /// What lies behind an answer that ends just where one read does has been reported, and is not again: the next
    /// exchange would take it for its answer.
    @Test func surplusBehindAFullReadIsSeen() async throws {
        let fitting = "HTTP/1.1 200 OK\r\nContent-Length: 65494\r\n\r\n" + String(repeating: "b", count: 65_494)
        #expect(fitting.utf8.count == 64 << 10)
        let large = "HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n" + String(repeating: "b", count: 3_000_000)
        let server = try ScriptedServer { peer, _ in
            // The kernel first learns to take much at once.
            for answer in [large, large, fitting + ok] {
                guard (try? peer.readHead()) != nil else { return }
                try peer.send(answer)
            }
            while (try? peer.readHead()) != nil { try peer.send(ok) }
        }
        let bench = try await PoolBench(port: server.port)
        #expect(try await bench.run() == ["new", "200", "ended"])
        #expect(try await bench.run() == ["reused", "200", "ended"])
        let client = Client()
        await bench.with { pool in
            client.start(pool)
            // All of it arrives before any of it is read.
            usleep(200_000)
        }
        #expect(try await bench.events(of: client) == ["reused", "200", "ended"])
        #expect(try await bench.run() == ["new", "200", "ended"])
        await bench.end()
        server.stop()
    }

    @Test func anEarlyAnswerEndsTheConnectionWithIt() async throws {
        let server = try ScriptedServer { peer, _ in
            _ = try peer.readHead()
            try peer.send(ok)
            _ = peer.readToEnd()
        }
        let bench = try await PoolBench(port: server.port)
        for _ in 0..<3 {
            let client = Client()
            client.request = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n"
            client.method = .post
            client.body = []
            #expect(try await bench.run(client) == ["new", "200", "ended"])
        }
        await bench.end()
        server.stop()
    }

    @Test func limitsHoldAndTheQueueIsServedInTurn() async throws {
        let release = Recorder<Int>()
        let server = try ScriptedServer { peer, _ in
            while (try? peer.readHead()) != nil {
                release.wait(for: 1)
                try peer.send(ok)
            }
        }
        let bench = try await PoolBench(port: server.port, limits: PoolLimits(connections: 2, waiting: 3))
        let clients = (0..<6).map { _ in Client() }
        let order = Recorder<Int>()
        for (number, client) in clients.enumerated() {
            client.whenServed = { order.note(number) }
            await bench.start(client)
            if number < 2 {
                let isServed = try await blocking { eventually { client.events.all == ["new"] } }
                #expect(isServed)
            }
        }
        #expect(clients[5].events.all == ["refused queueFull"])
        #expect(await bench.with { $0.waitingCount } == 3)
        #expect(await bench.with { $0.connectionCount } == 2)
        release.note(0)
        for client in clients[..<5] { #expect(try await bench.events(of: client).last == "ended") }
        #expect(clients[2...4].allSatisfy { $0.events.all == ["reused", "200", "ended"] })
        #expect(server.connectionCount == 2)
        // In the order in which they were given connections: answers on two connections may end in any.
        #expect(order.all == [0, 1, 2, 3, 4])
        await bench.end()
        server.stop()
    }

    /// Answers those without room only when it is released, once for each.
    private static func server(holdingBack release: DispatchSemaphore) throws -> ScriptedServer {
        try ScriptedServer { peer, _ in
            while let head = try? peer.readHead() {
                if head.startLine.contains("narrow") { release.wait() }
                try peer.send(ok)
            }
        }
    }

    /// Waits for the bodies of those that have announced one, and answers the others.
    private static func serverAwaitingBodies() throws -> ScriptedServer {
        try ScriptedServer { peer, _ in
            while let head = try? peer.readHead() {
                if head.startLine.hasPrefix("POST") {
                    _ = try? peer.readHead()
                    return
                }
                try peer.send(ok)
            }
        }
    }

    /// Two whose bodies do not come hold both connections, which is more than half: the one that has kept its own
    /// waiting for longest gives way to who needs one, and is told.
    @Test func aSlowClientGivesWay() async throws {
        let server = try ScriptedServer { peer, number in
            if number < 2 {
                _ = try peer.readHead()
                _ = try? peer.readHead()
                return
            }
            while (try? peer.readHead()) != nil { try peer.send(ok) }
        }
        var timeouts = UpstreamTimeouts()
        timeouts.slowClient = 20_000_000
        let bench = try await PoolBench(port: server.port, limits: PoolLimits(connections: 2), timeouts: timeouts)
        let slow = (0..<2).map { _ in Client() }
        for client in slow {
            client.announceBody()
            await bench.start(client)
            let isSending = try await blocking { eventually { client.events.all.first == "new" } }
            #expect(isSending)
        }
        #expect(try await bench.run() == ["new", "200", "ended"])
        #expect(try await bench.events(of: slow[0]).last == "failed clientTooSlow")
        // The other one may stay: it does not hold more than half.
        #expect(try await bench.run() == ["reused", "200", "ended"])
        #expect(slow[1].events.all.last != "failed clientTooSlow")
        await bench.end()
        server.stop()
    }

    /// Clients with hardly any room for an answer have an eighth of the connections between them from the moment they ask,
    /// before anybody has to wait for them, and half of the line. Others find the rest.
    @Test func whoHasNoRoomMayHaveAnEighth() async throws {
        let release = DispatchSemaphore(value: 0)
        let server = try Self.server(holdingBack: release)
        let bench = try await PoolBench(port: server.port, limits: PoolLimits(connections: 32, waiting: 4))
        var served: [Client] = []
        for _ in 0..<2 {
            let pair = [Client.withoutRoom(), Client.withoutRoom()]
            await bench.with { pool in for client in pair { client.start(pool) } }
            served += pair
            let areServed = try await blocking { eventually { pair.allSatisfy { $0.events.all == ["new"] } } }
            #expect(areServed)
        }
        let waiting = (0..<3).map { _ in Client.withoutRoom() }
        await bench.with { pool in for client in waiting { client.start(pool) } }
        #expect(await bench.with { [$0.connectionCount, $0.waitingCount] } == [4, 2])
        #expect(waiting.map { $0.events.all } == [[], [], ["refused queueFull"]])
        #expect(try await bench.run() == ["new", "200", "ended"])
        #expect(try await bench.run() == ["reused", "200", "ended"])
        // The upstream answers: nobody has to be waited for after all, and those who waited have their turn.
        for _ in 0..<6 { release.signal() }
        for client in served { #expect(try await bench.events(of: client) == ["new", "200", "ended"]) }
        for client in waiting[..<2] { #expect(try await bench.events(of: client) == ["reused", "200", "ended"]) }
        await bench.end()
        server.stop()
    }

    /// Handshakes cost everybody: for clients that cannot take an answer two are under way at a time. In the end all of
    /// them have one, though none of the others is free again; and so has another who came last.
    @Test func fewConnectionsAreOpenedForThoseWhoHaveNoRoom() async throws {
        let release = DispatchSemaphore(value: 0)
        let server = try Self.server(holdingBack: release)
        let bench = try await PoolBench(port: server.port, limits: PoolLimits(connections: 48))
        let clients = (0..<6).map { _ in Client.withoutRoom() }
        let prompt = Client()
        let opening = await bench.with { pool in
            for client in clients + [prompt] { client.start(pool) }
            return pool.connectionCount
        }
        #expect(opening == 3)
        #expect(try await bench.events(of: prompt) == ["new", "200", "ended"])
        let allHaveOne = try await blocking { eventually { clients.allSatisfy { !$0.events.all.isEmpty } } }
        #expect(allHaveOne)
        for _ in clients { release.signal() }
        for client in clients { #expect(try await bench.events(of: client).last == "ended") }
        await bench.end()
        server.stop()
    }

    /// To one that cannot take an answer only another of these gives way, however long others have done nothing.
    @Test func onlyOneWithoutRoomGivesWayToAnother() async throws {
        let server = try Self.serverAwaitingBodies()
        var timeouts = UpstreamTimeouts()
        timeouts.slowClient = 50_000_000
        let bench = try await PoolBench(port: server.port, limits: PoolLimits(connections: 16), timeouts: timeouts)
        let honest = Client()
        let narrow = (0..<2).map { _ in Client.withoutRoom() }
        for client in [honest] + narrow {
            client.announceBody()
            await bench.start(client)
            let isSending = try await blocking { eventually { !client.events.all.isEmpty } }
            #expect(isSending)
        }
        // An eighth of them is taken.
        #expect(try await bench.run(Client.withoutRoom()) == ["new", "200", "ended"])
        #expect(try await bench.events(of: narrow[0]).last == "failed clientTooSlow")
        #expect(honest.events.all == ["new"])
        #expect(narrow[1].events.all == ["new"])
        await bench.end()
        server.stop()
    }

    /// Of those who may have only half of the connections, who is sending comes first.
    @Test func whoIsSendingComesBeforeThoseWhoHaveNoRoom() async throws {
        let release = DispatchSemaphore(value: 0)
        let server = try ScriptedServer { peer, _ in
            while (try? peer.readHead()) != nil {
                release.wait()
                try peer.send(ok)
            }
        }
        let bench = try await PoolBench(port: server.port, limits: PoolLimits(connections: 1))
        let first = Client.withoutRoom()
        await bench.start(first)
        let isServed = try await blocking { eventually { !first.events.all.isEmpty } }
        #expect(isServed)
        let narrow = Client.withoutRoom()
        let sending = Client()
        sending.pace = .sending
        await bench.start(narrow)
        await bench.start(sending)
        release.signal()
        let hasItsTurn = try await blocking { eventually { !sending.events.all.isEmpty } }
        #expect(hasItsTurn)
        #expect(narrow.events.all == [])
        for _ in 0..<2 { release.signal() }
        for client in [sending, narrow] { #expect(try await bench.events(of: client).last == "ended") }
        await bench.end()
        server.stop()
    }

    /// Of four connections two may go to clients whose bodies are still to come. A third such client waits although one
    /// is idle, and has the place of the slowest after a while; whole requests wait for none of them.
    @Test func whoseRequestIsNotWholeMayHaveHalf() async throws {
        let server = try Self.serverAwaitingBodies()
        var timeouts = UpstreamTimeouts()
        timeouts.slowClient = 300_000_000
        let bench = try await PoolBench(port: server.port, limits: PoolLimits(connections: 4), timeouts: timeouts)
        #expect(try await bench.run() == ["new", "200", "ended"])
        let slow = (0..<3).map { _ in Client() }
        for client in slow {
            client.announceBody()
            client.pace = .sending
        }
        for client in slow[..<2] {
            await bench.start(client)
            let isSending = try await blocking { eventually { !client.events.all.isEmpty } }
            #expect(isSending)
        }
        await bench.start(slow[2])
        #expect(slow[2].events.all == [])
        #expect(await bench.with { $0.waitingCount } == 1)
        // None is opened for the third, which could not have it.
        #expect(await bench.with { $0.connectionCount } == 2)
        #expect(try await bench.run() == ["new", "200", "ended"])
        #expect(try await bench.run() == ["reused", "200", "ended"])
        #expect(try await bench.events(of: slow[0]).last == "failed clientTooSlow reused")
        let hasItsTurn = try await blocking { eventually { !slow[2].events.all.isEmpty } }
        #expect(hasItsTurn)
        #expect(slow[1].events.all.last != "failed clientTooSlow")
        await bench.end()
        server.stop()
    }

    @Test func whoWithdrawsIsNotCalled() async throws {
        let release = Recorder<Int>()
        let server = try ScriptedServer { peer, _ in
            while (try? peer.readHead()) != nil {
                release.wait(for: 1)
                try peer.send(ok)
            }
        }
        let bench = try await PoolBench(port: server.port, limits: PoolLimits(connections: 1))
        let first = Client()
        let second = Client()
        let third = Client()
        for client in [first, second, third] { await bench.start(client) }
        await bench.with { $0.withdraw(second) }
        release.note(0)
        #expect(try await bench.events(of: third) == ["reused", "200", "ended"])
        #expect(second.events.all == [])
        await bench.end()
        server.stop()
    }

    @Test func afterAFailureOnlyANewConnectionIsGiven() async throws {
        let server = try ScriptedServer.answering { _, _ in ok }
        let bench = try await PoolBench(port: server.port, limits: PoolLimits(connections: 1))
        #expect(try await bench.run() == ["new", "200", "ended"])
        let client = Client()
        await bench.start(client, fresh: true)
        #expect(try await bench.events(of: client) == ["new", "200", "ended"])
        #expect(server.connectionCount == 2)
        #expect(await bench.with { $0.connectionCount } == 1)
        await bench.end()
        server.stop()
    }

    @Test func everyoneIsToldThatNobodyIsThere() async throws {
        let bench = try await PoolBench(port: try ScriptedServer.closedPort())
        let clients = (0..<20).map { _ in Client() }
        for client in clients { await bench.start(client) }
        for client in clients {
            #expect(
                try await bench.events(of: client) == [
                    "refused notConnected(Transport.SystemError(number: \(ECONNREFUSED)))"
                ])
        }
        #expect(await bench.with { $0.connectionCount } == 0)
        #expect(await bench.with { $0.waitingCount } == 0)
        await bench.end()
    }

    /// However many wait for a name, it is looked up for all of them at once.
    @Test func aBurstBeforeTheFirstLookUpIsNotRefused() async throws {
        let bench = try await PoolBench(port: 1, host: "no-such-name.invalid", limits: PoolLimits(connections: 2000))
        let clients = (0..<600).map { _ in Client() }
        await bench.with { pool in for client in clients { client.start(pool) } }
        for client in clients {
            let events = try await bench.events(of: client)
            #expect(events.count == 1 && !events[0].contains("overloaded"), "\(events)")
        }
        await bench.end()
    }

    @Test func abandoningClosesAndMakesRoom() async throws {
        let ends = Recorder<Peer.End>()
        let server = try ScriptedServer { peer, number in
            _ = try peer.readHead()
            if number == 0 { ends.note(peer.readToEnd().end) } else { try peer.send(ok) }
        }
        let bench = try await PoolBench(port: server.port, limits: PoolLimits(connections: 1))
        let first = Client()
        let second = Client()
        await bench.start(first)
        await bench.start(second)
        #expect(try await bench.events(of: first, last: ["new"]) == ["new"])
        await bench.with { _ in first.connection?.abandon() }
        #expect(try await bench.events(of: second) == ["new", "200", "ended"])
        let isGone = try await blocking { ends.wait(for: 1).count == 1 }
        #expect(isGone)
        #expect(first.events.all == ["new"])
        await bench.end()
        server.stop()
    }

    // MARK: Deadlines

    private static func timeouts(_ change: (inout UpstreamTimeouts) -> Void) -> UpstreamTimeouts {
        var timeouts = UpstreamTimeouts()
        change(&timeouts)
        return timeouts
    }

    @Test func idleConnectionsAreClosedAfterAWhile() async throws {
        let server = try ScriptedServer.answering { _, _ in ok }
        let bench = try await PoolBench(port: server.port, timeouts: Self.timeouts { $0.idle = 100_000_000 })
        #expect(try await bench.run() == ["new", "200", "ended"])
        let isGone = try await blocking { server.finished.wait(for: 1).count == 1 }
        #expect(isGone)
        #expect(await bench.with { $0.connectionCount } == 0)
        await bench.end()
        server.stop()
    }

    /// Nothing at all; interim answers only; half a head, dripping; half a body.
    @Test(arguments: [
        ("", "failed answerTimedOut"), ("HTTP/1.1 100 Continue\r\n\r\n", "failed answerTimedOut"),
        ("HTTP/1.1 2", "failed answerTimedOut"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", "failed answerStalled"),
    ])
    func anAnswerThatDoesNotComeIsGivenUp(_ part: String, _ expected: String) async throws {
        let server = try ScriptedServer { peer, _ in
            _ = try peer.readHead()
            for byte in part.utf8 { try peer.send([byte]) }
            _ = peer.readToEnd()
        }
        let bench = try await PoolBench(
            port: server.port,
            timeouts: Self.timeouts {
                $0.answer = 150_000_000
                $0.stall = expected.hasSuffix("Stalled") ? 150_000_000 : 60_000_000_000
            })
        #expect(try await bench.run().last == expected)
        await bench.end()
        server.stop()
    }

    /// An answer may take longer than its parts may pause: the stall is not for waiting.
    @Test func anInterimAnswerDoesNotShortenTheWait() async throws {
        let server = try ScriptedServer { peer, _ in
            _ = try peer.readHead()
            try peer.send("HTTP/1.1 102 Processing\r\n\r\n")
            usleep(400_000)
            try peer.send(ok)
        }
        let bench = try await PoolBench(port: server.port, timeouts: Self.timeouts { $0.stall = 100_000_000 })
        #expect(try await bench.run() == ["new", "interim 102", "200", "ended"])
        await bench.end()
        server.stop()
    }

    @Test func aRoutesOwnTimeIsItsOwn() async throws {
        let server = try ScriptedServer { peer, _ in
            while let head = try? peer.readHead() {
                if head.startLine.contains("slow") { usleep(400_000) }
                try peer.send(ok)
            }
        }
        let bench = try await PoolBench(port: server.port, timeouts: Self.timeouts { $0.answer = 100_000_000 })
        let patient = Client()
        patient.request = "GET /slow HTTP/1.1\r\nHost: x\r\n"
        patient.answerTimeout = 20_000_000_000
        #expect(try await bench.run(patient) == ["new", "200", "ended"])
        let impatient = Client()
        impatient.request = "GET /slow HTTP/1.1\r\nHost: x\r\n"
        #expect(try await bench.run(impatient) == ["reused", "failed answerTimedOut reused"])
        await bench.end()
        server.stop()
    }

    @Test func anUpstreamThatTakesNothingIsGivenUp() async throws {
        let stop = Recorder<Int>()
        let server = try ScriptedServer { peer, _ in
            _ = try peer.readHead()
            stop.wait(for: 1)
        }
        let bench = try await PoolBench(port: server.port, timeouts: Self.timeouts { $0.stall = 200_000_000 })
        let client = Client()
        client.request = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 50000000\r\n"
        client.method = .post
        client.body = [UInt8](repeating: 0x61, count: 50_000_000)
        client.answerTimeout = 20_000_000_000
        #expect(try await bench.run(client) == ["new", "failed answerTimedOut"])
        stop.note(0)
        await bench.end()
        server.stop()
    }
}

@Suite struct PoolLimitsTests {
    @Test func thereIsALimitOnEverything() {
        let limits = PoolLimits()
        #expect(limits.connections > 0 && limits.waiting > 0 && limits.heads.head > 0)
    }
}
