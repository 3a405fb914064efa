import Foundation
import TestSupport
import Testing

@testable import Proxy

/// What clients do beside asking politely: leave, half-close, stall, pump.
@Suite(.serialized) struct ClientMannersTests {
    @Test func aClientThatLeavesStopsTheUpstream() async throws {
        let arrived = Recorder<Int>()
        let ended = Recorder<Int>()
        try await withProxy { peer, number in
            _ = try peer.readHead()
            arrived.note(number)
            _ = peer.readToEnd()
            ended.note(number)
        } test: { bench, _ in
            for number in 0..<2 {
                let client = try bench.connect()
                try client.send(bench.request("GET /v3/things HTTP/1.1"))
                #expect(arrived.wait(for: number + 1).count == number + 1)
                if number == 0 { client.close() } else { client.reset() }
                #expect(ended.wait(for: number + 1, seconds: 10).count == number + 1)
            }
        }
    }

    /// To be cut before its first byte would leave the client to guess what has happened.
    @Test(arguments: ["Content-Length: 10", "Transfer-Encoding: chunked"])
    func anAnswerOfWhichNothingWasSentBecomesAnError(framing: String) async throws {
        try await withProxy { peer, _ in
            _ = try peer.readHead()
            // In one packet with the end.
            let head = "HTTP/1.1 200 OK\r\nX-Other: 1\r\n\(framing)\r\n\r\n"
            _ = head.withCString { send(peer.descriptor, $0, strlen($0), Int32(MSG_MORE)) }
            peer.finishSending()
            _ = peer.readToEnd()
        } test: { bench, _ in
            let client = try bench.connect()
            for _ in 0..<3 {
                try client.send(bench.request("GET /v3/things HTTP/1.1"))
                let answer = try client.readAnswer()
                #expect(answer.head.startLine.hasPrefix("HTTP/1.1 502 "))
                #expect(answer.head["x-other"] == nil)
                #expect(answer.text.contains("upstream"))
            }
        }
    }

    /// Closing with bytes unread would be a reset, and the answer on its way would be lost (RFC 9112 §9.6).
    @Test func whatFollowsTheLastRequestDoesNotDestroyItsAnswer() async throws {
        let arrived = Recorder<Int>()
        let sent = Recorder<Int>()
        try await withProxy { peer, number in
            while let request = try? peer.readHead() {
                _ = try peer.readBody(of: request)
                arrived.note(number)
                sent.wait(for: arrived.all.count)
                try peer.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
            }
        } test: { bench, _ in
            for number in 1...20 {
                let client = try bench.connect()
                let request = bench.request("POST /v3/things HTTP/1.1", ["Connection: close", "Content-Length: 4"])
                try client.send(request + "body")
                #expect(arrived.wait(for: number).count == number)
                try client.send("\r\n")
                sent.note(number)
                #expect(try client.readAnswer().text == "hello")
                #expect(client.readToEnd().end == .finished)
            }
        }
    }

    @Test func aClientThatLeavesInTheMiddleOfAnAnswerStopsTheUpstream() async throws {
        let gone = Recorder<Int>()
        try await withProxy { peer, _ in
            _ = try peer.readHead()
            try peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            let block = Array("10000\r\n".utf8) + [UInt8](repeating: 0x61, count: 0x10000) + Array("\r\n".utf8)
            var sent = 0
            while (try? peer.send(block)) != nil { sent += block.count }
            gone.note(sent)
        } test: { bench, _ in
            let client = try bench.connect()
            try client.send(bench.request("GET /v3/things HTTP/1.1"))
            _ = try client.readExactly(1 << 20)
            client.close()
            #expect(gone.wait(for: 1, seconds: 10).count == 1)
        }
    }

    @Test func aHalfClosedClientStillGetsItsAnswer() async throws {
        try await withProxy { peer, _ in
            while let head = try? peer.readHead() {
                _ = try peer.readBody(of: head)
                usleep(20_000)
                try peer.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
            }
        } test: { bench, _ in
            for isTogether in [true, false] {
                let client = try bench.connect()
                client.setTimeouts(seconds: 5)
                if isTogether {
                    try client.send(bench.request("GET /v3/things HTTP/1.1"))
                } else {
                    try client.send(
                        bench.request("POST /v3/things HTTP/1.1", ["Content-Length: 4"]))
                    #expect(!client.hasNews(within: 30))
                    try client.send("body")
                }
                client.finishSending()
                let answer = try client.readAnswer()
                #expect(answer.text == "hello")
                // And the connection ends with it, not with the keep-alive timeout.
                #expect(client.readToEnd().end == .finished)
            }
        }
    }

    @Test func pipelinedRequestsBeforeAHalfCloseAreAllAnswered() async throws {
        try await withProxy(upstream: obliging) { bench, _ in
            let client = try bench.connect()
            client.setTimeouts(seconds: 5)
            try client.send((0..<5).map { bench.request("GET /v3/things/\($0) HTTP/1.1") }.joined())
            client.finishSending()
            for number in 0..<5 {
                #expect(try client.readAnswer().text.contains("/v3/things/\(number) "))
            }
            #expect(client.readToEnd().end == .finished)
        }
    }

    @Test func anUploadThatBreaksOffIsBrokenOffUpstream() async throws {
        let ends = Recorder<String>()
        try await withProxy { peer, _ in
            _ = try peer.readHead()
            let (bytes, end) = peer.readToEnd()
            ends.note("\(bytes.count) \(end)")
        } test: { bench, _ in
            let client = try bench.connect()
            try client.send(bench.request("POST /v3/things HTTP/1.1", ["Content-Length: 100"]) + "half")
            client.finishSending()
            // By a reset: nothing could take it for an end. It may overtake the four bytes.
            #expect(ends.wait(for: 1, seconds: 10).map { $0.hasSuffix("failed(\(ECONNRESET))") } == [true])
            #expect(client.readToEnd().bytes.isEmpty)
        }
    }

    /// What the proxy holds is what it took from one side and has not given to the other.
    @Test func aSlowReaderHoldsTheUpstreamBack() async throws {
        let sent = Recorder<Int>()
        try await withProxy { peer, _ in
            _ = try peer.readHead()
            try peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
            sent.note(
                peer.sendUntilStuck([UInt8](repeating: 0x61, count: 64 << 10), limit: 1_000_000_000, milliseconds: 400))
        } test: { bench, _ in
            let client = try bench.connect(receiveBuffer: 16 << 10)
            try client.send(bench.request("GET /v3/things HTTP/1.1"))
            let taken = try #require(sent.wait(for: 1).first)
            // Kernel buffers on three sockets, and one read of ours.
            #expect(taken < 30 << 20)
            client.close()
        }
    }

    @Test func aSlowUpstreamHoldsTheClientBack() async throws {
        try await withProxy { peer, _ in
            _ = try peer.readHead()
            _ = peer.hasNews(within: 0)
            usleep(800_000)
            _ = peer.readToEnd()
        } test: { bench, _ in
            let client = try bench.connect()
            try client.send(bench.request("POST /v3/things HTTP/1.1", ["Content-Length: 1000000000"]))
            let taken = client.sendUntilStuck(
                [UInt8](repeating: 0x61, count: 64 << 10), limit: 1_000_000_000, milliseconds: 300)
            #expect(taken < 30 << 20)
            client.close()
        }
    }

    /// Answers that nobody takes must not pile up, whoever makes them.
    @Test(arguments: ["/nowhere", "/v3/things"]) func aClientThatNeverReadsIsNotReadFromEither(_ path: String)
        async throws
    {
        try await withProxy { peer, _ in
            while let head = try? peer.readHead() {
                _ = head
                try peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n" + String(repeating: "x", count: 2000))
            }
        } test: { bench, _ in
            let client = try bench.connect(receiveBuffer: 4 << 10)
            let many = Array(String(repeating: bench.request("GET \(path) HTTP/1.1"), count: 200).utf8)
            let taken = client.sendUntilStuck(many, limit: 40 << 20, milliseconds: 500)
            #expect(taken < 20 << 20, "the proxy went on reading requests whose answers it could not deliver")
            client.close()
        }
    }

    @Test func aLargeDownloadAndUploadArriveWhole() async throws {
        let block = [UInt8]((0..<65_536).map { UInt8(truncatingIfNeeded: $0 &* 31) })
        let received = Recorder<Int>()
        try await withProxy { peer, _ in
            while let head = try? peer.readHead() {
                if head.startLine.hasPrefix("POST") {
                    let body = try peer.readBody(of: head)
                    var isRight = body.count == 100 * 65_536
                    for start in stride(from: 0, to: body.count, by: 65_536) {
                        isRight = isRight && body[start..<start + 65_536].elementsEqual(block)
                    }
                    received.note(isRight ? body.count : -1)
                    try peer.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
                } else if head.startLine.contains("chunked") {
                    try peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                    for _ in 0..<100 { try peer.send(Array("10000\r\n".utf8) + block + Array("\r\n".utf8)) }
                    try peer.send("0\r\n\r\n")
                } else {
                    try peer.send("HTTP/1.1 200 OK\r\nContent-Length: \(100 * 65_536)\r\n\r\n")
                    for _ in 0..<100 { try peer.send(block) }
                }
            }
        } test: { bench, _ in
            let client = try bench.connect()
            for path in ["/v3/things/length", "/v3/things/chunked"] {
                try client.send(bench.request("GET \(path) HTTP/1.1"))
                let answer = try client.readAnswer()
                #expect(answer.body.count == 100 * 65_536)
                for start in stride(from: 0, to: answer.body.count, by: 65_536) {
                    guard answer.body[start..<start + 65_536].elementsEqual(block) else {
                        Issue.record("bytes differ from \(start) on")
                        return
                    }
                }
            }
            try client.send(bench.request("POST /v3/things HTTP/1.1", ["Content-Length: \(100 * 65_536)"]))
            for _ in 0..<100 { try client.send(block) }
            #expect(try client.readAnswer().status == 200)
            try client.send(bench.request("POST /v3/things HTTP/1.1", ["Transfer-Encoding: chunked"]))
            for _ in 0..<100 { try client.send(Array("10000\r\n".utf8) + block + Array("\r\n".utf8)) }
            try client.send("0\r\n\r\n")
            #expect(try client.readAnswer().status == 200)
            #expect(received.all == [100 * 65_536, 100 * 65_536])
        }
    }

    // MARK: Deadlines

    private static func impatient(_ change: @escaping (inout DownstreamTimeouts) -> Void) -> ProxyBench.Options {
        ProxyBench.Options(adjust: { change(&$0.timeouts) })
    }

    @Test func aHeadThatDawdlesIsTold() async throws {
        try await withProxy(Self.impatient { $0.head = 200_000_000 }, upstream: obliging) { bench, _ in
            let client = try bench.connect()
            try client.send("GET /v3/things HTTP/1.1\r\nHost:")
            let answer = try client.readAnswer()
            #expect(answer.status == 408)
            #expect(answer.head["cartouche-error"] == "head-timeout")
            #expect(client.readToEnd().end == .finished)
        }
    }

    @Test func anIdleConnectionIsClosedWithoutAWord() async throws {
        try await withProxy(Self.impatient { $0.keepAlive = 200_000_000 }, upstream: obliging) { bench, _ in
            let client = try bench.connect()
            let first = client.readToEnd()
            #expect(first.bytes.isEmpty && first.end == .finished)
            let second = try bench.connect()
            try second.send(bench.request("GET /v3/things HTTP/1.1"))
            #expect(try second.readAnswer().status == 200)
            let rest = second.readToEnd()
            #expect(rest.bytes.isEmpty && rest.end == .finished)
        }
    }

    /// Whether it never begins, or stops half way.
    @Test(arguments: ["", "half"]) func aBodyThatDoesNotComeIsTheClientsFault(_ part: String) async throws {
        try await withProxy(Self.impatient { $0.bodyIdle = 200_000_000 }) { peer, _ in
            _ = try peer.readHead()
            _ = peer.readToEnd()
        } test: { bench, _ in
            let client = try bench.connect()
            client.setTimeouts(seconds: 5)
            try client.send(bench.request("POST /v3/things HTTP/1.1", ["Content-Length: 100"]) + part)
            let answer = try client.readAnswer()
            #expect(answer.status == 408)
            #expect(answer.head["cartouche-error"] == "body-timeout")
        }
    }

    /// The client sends as fast as it is let: a slow upstream is not its fault.
    @Test func aBodyThatTheUpstreamDoesNotTakeIsNotTheClientsFault() async throws {
        try await withProxy(Self.impatient { $0.bodyIdle = 200_000_000 }) { peer, _ in
            let head = try peer.readHead()
            usleep(900_000)
            _ = try peer.readBody(of: head)
            try peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        } test: { bench, upstream in
            let client = try bench.connect()
            let length = 40 << 20
            try client.send(bench.request("POST /v3/things HTTP/1.1", ["Content-Length: \(length)"]))
            let block = [UInt8](repeating: 0x61, count: 64 << 10)
            for _ in 0..<length / block.count { try client.send(block) }
            #expect(try client.readAnswer().text == "ok")
            #expect(upstream.problems.all == [])
        }
    }

    /// Having once been full must not count against a client that takes everything since.
    @Test func aClientThatWasSlowOnceIsNotCutLater() async throws {
        try await withProxy(Self.impatient { $0.stall = 400_000_000 }) { peer, _ in
            _ = try peer.readHead()
            let block = [UInt8](repeating: 0x61, count: 64 << 10)
            try peer.send("HTTP/1.1 200 OK\r\nContent-Length: \(400 * block.count)\r\n\r\n")
            for number in 0..<400 {
                try peer.send(block)
                if number > 200 { usleep(5_000) }
            }
        } test: { bench, upstream in
            for _ in 0..<3 {
                let client = try bench.connect(receiveBuffer: 64 << 10)
                try client.send(bench.request("GET /v3/things HTTP/1.1"))
                #expect(try client.readAnswer().body.count == 400 * (64 << 10))
            }
            #expect(upstream.problems.all == [])
        }
    }

    /// A client that stops taking an answer that lasts until the end must not think that this was all.
    @Test func aStalledClientIsCutAndNotToldAnEnd() async throws {
        try await withProxy(Self.impatient { $0.stall = 200_000_000 }) { peer, _ in
            _ = try peer.readHead()
            try peer.send("HTTP/1.0 200 OK\r\n\r\n")
            _ = peer.sendUntilStuck([UInt8](repeating: 0x61, count: 64 << 10), limit: 64 << 20, milliseconds: 100)
        } test: { bench, upstream in
            let client = try bench.connect(receiveBuffer: 4 << 10)
            try client.send(bench.request("GET /v3/things HTTP/1.0"))
            #expect(upstream.finished.wait(for: 1).count == 1)
            usleep(600_000)
            #expect(client.readToEnd().end == .failed(ECONNRESET))
        }
    }
}
