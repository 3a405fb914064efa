import Foundation
import TestSupport
import Testing

@testable import Proxy

/// Peers that take what they are sent slowly, but take it: the kernel reports room for more only after megabytes.
@Suite(.serialized) struct SlowPeerTests {
    private static let size = 24 << 20
    /// Long enough for what a slow peer takes to show, and far less than the kernel's buffers take it.
    private static let patience: Int64 = 1_000_000_000

    private static func options(rate: Int) -> ProxyBench.Options {
        ProxyBench.Options(adjust: { settings in
            settings.timeouts.stall = patience
            settings.timeouts.bodyIdle = 20_000_000_000
            settings.timeouts.minimumBodyRate = rate
            settings.upstreamTimeouts.stall = patience
        })
    }

    /// Reads some kilobytes now and then, for three times as long as a pause may be.
    private static func readSlowly(_ peer: Peer) throws -> Int {
        let end = Date(timeIntervalSinceNow: 3)
        var count = 0
        while Date() < end {
            count += try peer.readExactly(4096).count
            usleep(20_000)
        }
        return count
    }

    @Sendable private static func sendMuch(_ peer: Peer, _ number: Int) throws {
        _ = try peer.readHead()
        try peer.send("HTTP/1.1 200 OK\r\nContent-Length: \(size)\r\n\r\n")
        try peer.send([UInt8](repeating: 0x78, count: size))
    }

    @Test func aClientThatReadsSlowlyGetsAll() async throws {
        try await withProxy(Self.options(rate: 1000), upstream: Self.sendMuch) { bench, _ in
            let client = try bench.connect(receiveBuffer: 16 << 10)
            try client.send(bench.request("GET /v3/things HTTP/1.1"))
            #expect(try client.readHead().startLine == "HTTP/1.1 200 OK")
            let count = try Self.readSlowly(client)
            #expect(count < Self.size / 10)
            #expect(try client.readExactly(Self.size - count).count == Self.size - count)
        }
    }

    @Test func aClientBelowTheLeastRateIsCut() async throws {
        try await withProxy(Self.options(rate: 1 << 20), upstream: Self.sendMuch) { bench, upstream in
            let client = try bench.connect(receiveBuffer: 16 << 10)
            try client.send(bench.request("GET /v3/things HTTP/1.1"))
            _ = try client.readHead()
            #expect(throws: (any Error).self) {
                for _ in 0..<5 { _ = try Self.readSlowly(client) }
            }
            #expect(eventually { openSockets(onPort: upstream.port) == 1 })
        }
    }

    @Test func anUpstreamThatReadsSlowlyGetsAll() async throws {
        try await withProxy(Self.options(rate: 0), receiveBuffer: 16 << 10) { peer, _ in
            let head = try peer.readHead()
            #expect(head["content-length"] == "\(Self.size)")
            let count = try Self.readSlowly(peer)
            let rest = try peer.readExactly(Self.size - count).count
            try peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n\(rest == Self.size - count ? "ok" : "no")")
        } test: { bench, _ in
            let client = try bench.connect()
            try client.send(bench.request("POST /v3/things HTTP/1.1", ["Content-Length: \(Self.size)"]))
            try client.send([UInt8](repeating: 0x78, count: Self.size))
            #expect(try client.readAnswer().text == "ok")
        }
    }

    /// Nothing at all is still too little, as fast as ever.
    @Test func whoTakesNothingIsCutInTime() async throws {
        try await withProxy(Self.options(rate: 0), upstream: Self.sendMuch) { bench, upstream in
            let client = try bench.connect(receiveBuffer: 16 << 10)
            try client.send(bench.request("GET /v3/things HTTP/1.1"))
            _ = try client.readHead()
            let began = Date()
            #expect(eventually { openSockets(onPort: upstream.port) == 1 })
            #expect(Date().timeIntervalSince(began) < 5)
        }
    }
}
