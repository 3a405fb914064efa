import Foundation
import TestSupport
import Testing

@testable import Proxy

/// Draining and stopping.
@Suite(.serialized) struct EndingTests {
    private static func draining(_ nanoseconds: Int64) -> ProxyBench.Options {
        ProxyBench.Options(adjust: {
            $0.timeouts.drain = nanoseconds
            $0.timeouts.linger = 50_000_000
        })
    }

    @Test(arguments: [1, 2]) func requestsUnderWayEndAndIdleConnectionsClose(loops: Int) async throws {
        let release = Recorder<Int>()
        let arrived = Recorder<Int>()
        let upstream = try ScriptedServer { peer, number in
            while (try? peer.readHead()) != nil {
                arrived.note(number)
                release.wait(for: 1)
                try peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n")
            }
        }
        let bench = try await ProxyBench.start(upstream: upstream.port, Self.draining(60_000_000_000), loops: loops)
        let clients = try await blocking {
            let idle = try (0..<8).map { _ in try bench.connect() }
            let busy = try (0..<8).map { _ in try bench.connect() }
            for client in busy { try client.send(bench.request("GET /v3/things HTTP/1.1")) }
            #expect(arrived.wait(for: 8).count == 8)
            // Those who say nothing come in a second late. (Both ends of each are ours, and the listener.)
            #expect(eventually { openSockets(onPort: bench.port) == 33 })
            return (idle: idle, busy: busy)
        }
        let drain = Task { await bench.server.drain() }
        try await blocking {
            for client in clients.idle { #expect(client.readToEnd().end == .finished) }
            #expect(eventually { bench.refusesConnections })
            release.note(0)
            for client in clients.busy {
                let answer = try client.readAnswer()
                #expect(answer.text == "ok")
                #expect(answer.head["connection"] == "close")
                #expect(client.readToEnd().end == .finished)
            }
        }
        await drain.value
        upstream.stop()
    }

    /// The head went out before the program was told to end: the connection closes all the same.
    @Test func anAnswerThatStreamsDuringTheDrainIsTheLast() async throws {
        let release = Recorder<Int>()
        let upstream = try ScriptedServer { peer, _ in
            _ = try peer.readHead()
            try peer.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhe")
            release.wait(for: 1)
            try peer.send("re")
            _ = peer.readToEnd()
        }
        let bench = try await ProxyBench.start(upstream: upstream.port, Self.draining(20_000_000_000))
        let client = try await blocking {
            let client = try bench.connect()
            try client.send(bench.request("GET /v3/things HTTP/1.1"))
            let head = try client.readHead()
            #expect(head["connection"] == nil)
            #expect(try client.readText(2) == "he")
            return client
        }
        let began = Date()
        let drain = Task { await bench.server.drain() }
        try await blocking {
            #expect(eventually { bench.refusesConnections })
            release.note(0)
            let rest = try client.readText(2)
            #expect(rest == "re")
            #expect(client.readToEnd().end == .finished)
        }
        await drain.value
        #expect(Date().timeIntervalSince(began) < 10)
        upstream.stop()
    }

    @Test(arguments: [1, 2]) func theDrainTimeEndsWhatDoesNotEnd(loops: Int) async throws {
        for _ in 0..<5 {
            let upstream = try ScriptedServer { peer, _ in _ = peer.readToEnd() }
            let bench = try await ProxyBench.start(upstream: upstream.port, Self.draining(100_000_000), loops: loops)
            let clients = try await blocking {
                try (0..<4).map { _ in
                    let client = try bench.connect()
                    try client.send(bench.request("GET /v3/things HTTP/1.1"))
                    return client
                }
            }
            let areThere = try await blocking { eventually { upstream.connectionCount == 4 } }
            #expect(areThere)
            await bench.server.drain()
            try await blocking { for client in clients { #expect(client.readToEnd().bytes.isEmpty) } }
            upstream.stop()
        }
    }

    @Test func stoppingTwiceAndDuringADrainReturns() async throws {
        let upstream = try ScriptedServer { peer, _ in _ = peer.readToEnd() }
        let bench = try await ProxyBench.start(upstream: upstream.port, Self.draining(60_000_000_000))
        let client = try await blocking {
            let client = try bench.connect()
            try client.send(bench.request("GET /v3/things HTTP/1.1"))
            #expect(eventually { upstream.connectionCount == 1 })
            return client
        }
        async let drain: Void = bench.server.drain()
        await bench.server.stop()
        await bench.server.stop()
        await drain
        withExtendedLifetime(client) {}
        upstream.stop()
    }
}
