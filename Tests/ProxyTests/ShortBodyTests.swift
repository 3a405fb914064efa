import TestSupport
import Testing

@testable import Proxy

/// Where connections to the upstream are short, none is taken for a short body that is still to come.
@Suite struct ShortBodyTests {
    private static let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

    private static func scarce() throws -> ProxyBench.Options {
        ProxyBench.Options(adjust: { $0.poolLimits.connections = 2 })
    }

    @Test func aShortBodyIsWaitedForBeforeAConnectionIsTaken() async throws {
        let seen = Recorder<String>()
        try await withProxy(try Self.scarce()) { peer, _ in
            while let head = try? peer.readHead() {
                seen.note(head.startLine)
                seen.note(String(decoding: try peer.readBody(of: head), as: UTF8.self))
                try peer.send(Self.ok)
            }
        } test: { bench, upstream in
            // Nothing is short yet: the first one has its connection at once.
            let first = try bench.connect()
            try first.send(bench.request("POST /v3/things HTTP/1.1", ["Content-Length: 5"]) + "fi")
            #expect(seen.wait(for: 1).count == 1)

            let second = try bench.connect()
            try second.send(
                bench.request("POST /v3/things HTTP/1.1", ["Expect: 100-continue", "Content-Length: 6"]))
            #expect(try second.readHead().status == 100)
            try second.send("sec")

            let third = try bench.connect()
            try third.send(bench.request("GET /v3/things HTTP/1.1"))
            #expect(try third.readAnswer().text == "ok")
            #expect(seen.all == ["POST /v3/things HTTP/1.1", "GET /v3/things HTTP/1.1", ""])

            try second.send("ond")
            #expect(try second.readAnswer().text == "ok")
            #expect(seen.all.suffix(2) == ["POST /v3/things HTTP/1.1", "second"])
            try first.send("rst")
            #expect(try first.readAnswer().text == "ok")
            #expect(upstream.connectionCount == 2)
        }
    }

    @Test(arguments: ["Content-Length: 100000", "Transfer-Encoding: chunked"])
    func aLongerBodyIsNotWaitedFor(_ field: String) async throws {
        let seen = Recorder<String>()
        try await withProxy(try Self.scarce()) { peer, _ in
            while let head = try? peer.readHead() {
                seen.note(head.startLine)
                if head.startLine.hasPrefix("POST") { return _ = peer.readToEnd() }
                try peer.send(Self.ok)
            }
        } test: { bench, _ in
            // All idle connections are in use when it comes; one more may be opened.
            let other = try bench.connect()
            try other.send(bench.request("GET /v3/things HTTP/1.1"))
            #expect(try other.readAnswer().text == "ok")
            let client = try bench.connect()
            try client.send(bench.request("POST /v3/things HTTP/1.1", [field]))
            #expect(seen.wait(for: 2).last == "POST /v3/things HTTP/1.1")
        }
    }
}
