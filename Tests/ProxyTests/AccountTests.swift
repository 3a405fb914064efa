import Foundation
import Observability
import TestSupport
import Testing

@testable import Proxy

/// What is logged of requests.
@Suite(.serialized) struct AccountTests {
    /// One line for every request, whatever became of it; nothing of paths, queries, bodies or credentials.
    @Test func everyRequestIsOneLine() async throws {
        let pipe = TestSupport.Pipe()
        let sink = LogSink(descriptor: pipe.writing)
        let options = ProxyBench.Options(sink: sink, adjust: { $0.timeouts.linger = 50_000_000 })
        let arrived = Recorder<Int>()
        try await withProxy(options) { peer, number in
            while let head = try? peer.readHead() {
                _ = try peer.readBody(of: head)
                if head.startLine.contains("cut") {
                    return try peer.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")
                }
                if head.startLine.contains("never") {
                    arrived.note(number)
                    _ = peer.readToEnd()
                    return
                }
                try peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            }
        } test: { bench, _ in
            let client = try bench.connect()
            try client.send(bench.request("GET /v3/things/hidden-path?q=hidden-query HTTP/1.1", ["X-H: hidden-field"]))
            #expect(try client.readAnswer().status == 200)
            try client.send(bench.request("POST /v3/things HTTP/1.1", ["Content-Length: 11"]) + "hidden-body")
            #expect(try client.readAnswer().status == 200)
            try client.send(bench.request("GET /hidden-place HTTP/1.1"))
            #expect(try client.readAnswer().status == 403)
            try client.send(bench.request("GET /v3/things/cut HTTP/1.1"))
            #expect(client.readToEnd().end == .failed(ECONNRESET))
            let leaver = try bench.connect()
            try leaver.send(bench.request("GET /v3/things/never HTTP/1.1"))
            #expect(arrived.wait(for: 1).count == 1)
            leaver.close()
            let other = try bench.connect()
            try other.send("hidden nonsense\r\n\r\n")
            #expect(try other.readAnswer().status == 400)
            #expect(eventually { openSockets(onPort: bench.port) <= 2 })
        }
        sink.flush()
        let text = pipe.readAll()
        #expect(!text.contains("hidden"))
        #expect(!text.contains(ProxyBench.token))
        let lines = text.split(separator: "\n")
        #expect(lines.count == 6)
        func has(_ parts: String...) -> Bool { lines.contains { line in parts.allSatisfy { line.contains($0) } } }
        #expect(has("GET /v3/things/{rest...} 200", "token=api", "upstream=api", "out=2"))
        #expect(has("POST /v3/things 200", "in=11"))
        #expect(has("GET (none) 403", "token=-", "error=route-unknown"))
        #expect(has("GET /v3/things/{rest...} 200", "error=upstream-answer-cut", "out=4"))
        #expect(has("GET /v3/things/{rest...} 499", "error=client-left"))
        #expect(has("(unparsed) 400"))
    }
}
