import Foundation
import TestSupport
import Testing

@testable import Proxy

/// Thousands of connections whose ends come at random points, on both sides. Afterwards nothing is left.
@Suite(.serialized) struct ChurnTests {
    @Test(arguments: [1, 2]) func nothingIsLeftAfterAStorm(loops: Int) async throws {
        let upstream = try ScriptedServer(backlog: 4096, Self.moody)
        let options = ProxyBench.Options(adjust: { settings in
            settings.timeouts.linger = 50_000_000
            settings.timeouts.bodyIdle = 500_000_000
            settings.timeouts.head = 500_000_000
            settings.upstreamTimeouts.answer = 500_000_000
            settings.upstreamTimeouts.stall = 500_000_000
            settings.poolLimits.connections = 24
        })
        let bench = try await ProxyBench.start(upstream: upstream.port, options, loops: loops)
        #expect(openSockets(onPort: bench.port) == 1)
        let lies = Recorder<String>()
        let visits = Recorder<Int>()
        let limit = Date(timeIntervalSinceNow: 4)
        try await withThrowingTaskGroup { group in
            for client in 0..<16 {
                group.addTask {
                    try await blocking {
                        var random = SplitMix64(seed: UInt64(client) &* 7919 &+ UInt64(loops))
                        while Date() < limit {
                            visits.note(client)
                            if let lie = try? Self.visit(bench, &random) { lies.note(lie) }
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(lies.all == [])

        try await blocking {
            // Everyone else has gone; a polite client is served as ever.
            let client = try bench.connect()
            try client.send(bench.request("GET /v3/things/whole HTTP/1.1"))
            var answer = try client.readAnswer()
            while answer.status == 103 { answer = try client.readAnswer() }
            #expect(answer.status == 200)
            #expect(visits.all.count > 30)
            client.close()
            upstream.stop()
            let isQuiet = eventually(seconds: 10) {
                openSockets(onPort: bench.port) == 1 && openSockets(onPort: upstream.port) == 0
            }
            #expect(
                isQuiet, "\(openSockets(onPort: bench.port)) and \(openSockets(onPort: upstream.port)) sockets left")
        }
        await bench.server.stop()
        withExtendedLifetime(bench) {}
    }

    /// An upstream that cuts, resets, dawdles, and answers early; what it sends whole is recognisable.
    @Sendable private static func moody(_ peer: Peer, _ number: Int) throws {
        var random = SplitMix64(seed: UInt64(number))
        peer.setTimeouts(seconds: 2)
        while let head = try? peer.readHead() {
            let isWhole = head.startLine.contains("/whole")
            switch isWhole ? 9 : Int.random(in: 0..<12, using: &random) {
            case 0: return peer.reset()
            case 1: return
            case 2:
                // Before the body was read.
                try peer.send("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno")
                return
            case 3:
                try? peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
                return Bool.random(using: &random) ? peer.reset() : ()
            case 4:
                try? peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
                return Bool.random(using: &random) ? peer.reset() : ()
            case 5: return try peer.send("garbage\r\n\r\n")
            default:
                guard (try? peer.readBody(of: head)) != nil else { return }
                let size = Int.random(in: 0..<3, using: &random) == 0 ? 300_000 : 20
                let text = String(repeating: "w", count: size)
                if Bool.random(using: &random) {
                    try peer.send("HTTP/1.1 200 OK\r\nContent-Length: \(size)\r\n\r\n\(text)")
                } else {
                    try peer.send(
                        "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                    try peer.send("\(String(size, radix: 16))\r\n\(text)\r\n0\r\n\r\n")
                }
            }
        }
    }

    /// A client's visit. Gives what is wrong with an answer that came whole.
    private static func visit(_ bench: ProxyBench, _ random: inout SplitMix64) throws -> String? {
        let peer = try bench.connect()
        peer.setTimeouts(seconds: 3)
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let bodyLength = Bool.random(using: &random) ? 0 : Int.random(in: 1...200_000, using: &random)
            let isChunked = bodyLength > 0 && Bool.random(using: &random)
            var bytes = Array(
                bench.request(
                    "\(bodyLength > 0 ? "POST" : "GET") /v3/things/x HTTP/1.\(Int.random(in: 0..<8, using: &random) == 0 ? 0 : 1)",
                    isChunked ? ["Transfer-Encoding: chunked"] : bodyLength > 0 ? ["Content-Length: \(bodyLength)"] : []
                ).utf8)
            let body = [UInt8](repeating: 0x62, count: bodyLength)
            if isChunked {
                for piece in random.pieces(of: body, longest: 60_000) {
                    bytes += Array("\(String(piece.count, radix: 16))\r\n".utf8) + piece + Array("\r\n".utf8)
                }
                bytes += Array("0\r\n\r\n".utf8)
            } else {
                bytes += body
            }
            switch Int.random(in: 0..<10, using: &random) {
            case 0:
                try peer.send(Array(bytes[..<Int.random(in: 0..<bytes.count, using: &random)]))
                return end(peer, &random)
            case 1:
                try peer.send(bytes)
                return end(peer, &random)
            case 2:
                try peer.send(bytes)
                if peer.hasNews(within: 5) { _ = try? peer.readExactly(Int.random(in: 1...200, using: &random)) }
                return end(peer, &random)
            default:
                try peer.send(bytes)
                var answer = try peer.readAnswer()
                while answer.status == 103 { answer = try peer.readAnswer() }
                if answer.status == 200, answer.end == nil || answer.end == .finished {
                    guard answer.body.allSatisfy({ $0 == 0x77 }), [20, 300_000].contains(answer.body.count) else {
                        return "a body of \(answer.body.count) bytes: \(answer.text.prefix(80))"
                    }
                }
                if answer.head["connection"] == "close" || answer.end != nil { return nil }
            }
        }
        return nil
    }

    private static func end(_ peer: Peer, _ random: inout SplitMix64) -> String? {
        if Bool.random(using: &random) { peer.reset() } else { peer.close() }
        return nil
    }
}
