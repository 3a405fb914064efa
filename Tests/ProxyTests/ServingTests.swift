import Foundation
import TestSupport
import Testing

@testable import Proxy

/// The proxy as a whole, over loopback sockets: requests and answers in the forms HTTP/1.1 knows.
@Suite(.serialized) struct ServingTests {
    @Test func keepAliveServesRequestsInTurn() async throws {
        try await withProxy(upstream: obliging) { bench, upstream in
            let client = try bench.connect()
            for number in 0..<20 {
                try client.send(bench.request("GET /v3/things/\(number) HTTP/1.1"))
                let answer = try client.readAnswer()
                #expect(answer.status == 200)
                #expect(answer.text == "GET /v3/things/\(number) HTTP/1.1|0")
                #expect(answer.head["connection"] == nil)
                #expect(answer.head["cartouche-request-id"] != nil)
            }
            #expect(upstream.connectionCount == 1)
        }
    }

    @Test func pipelinedRequestsAreAnsweredInOrder() async throws {
        try await withProxy(upstream: obliging) { bench, _ in
            let client = try bench.connect()
            var all = ""
            for number in 0..<50 {
                if number % 7 == 3 {
                    all += bench.request("GET /nowhere/\(number) HTTP/1.1")
                } else if number % 3 == 0 {
                    all += bench.request("POST /v3/things/\(number) HTTP/1.1", ["Content-Length: 5"]) + "12345"
                } else {
                    all += bench.request("GET /v3/things/\(number) HTTP/1.1")
                }
            }
            try client.send(all)
            for number in 0..<50 {
                let answer = try client.readAnswer()
                if number % 7 == 3 {
                    #expect(answer.status == 403)
                } else {
                    let method = number % 3 == 0 ? "POST" : "GET"
                    #expect(answer.text == "\(method) /v3/things/\(number) HTTP/1.1|\(number % 3 == 0 ? 5 : 0)")
                }
            }
        }
    }

    @Test func theCredentialIsOursAndNeverTheClients() async throws {
        let seen = Recorder<Head>()
        try await withProxy { peer, _ in
            seen.note(try peer.readHead())
            try peer.send("HTTP/1.1 204 No Content\r\n\r\n")
        } test: { bench, _ in
            let client = try bench.connect()
            try client.send(
                bench.request(
                    "GET /v3/things?a=1&access_token=evil&%74oken=evil&b=2&API_KEY=evil HTTP/1.1",
                    ["Authorization: Bearer evil", "Cookie: a=evil", "X-Api-Key: evil", "X-Kept: yes"]))
            #expect(try client.readAnswer().status == 204)
            let head = try #require(seen.wait(for: 1).first)
            #expect(head.startLine == "GET /v3/things?a=1&b=2 HTTP/1.1")
            #expect(head["authorization"] == "Bearer \(ProxyBench.token)")
            #expect(head["x-kept"] == "yes")
            #expect(!head.text.contains("evil"))
        }
    }

    @Test func chunkedBodiesAndTrailersPassBothWays() async throws {
        let seen = Recorder<String>()
        try await withProxy { peer, _ in
            let head = try peer.readHead()
            let (body, trailers) = try peer.readChunked()
            seen.note("\(head["transfer-encoding"] ?? "-")|\(String(decoding: body, as: UTF8.self))|\(trailers)")
            try peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
            try peer.send("4;x=y\r\ndefg\r\n0\r\nX-Sum: 7\r\n\r\n")
        } test: { bench, _ in
            let client = try bench.connect()
            try client.send(bench.request("POST /v3/things HTTP/1.1", ["Transfer-Encoding: chunked"]))
            try client.send("5\r\nhello\r\n1;ext\r\n!\r\n0\r\nX-Check: 1\r\n\r\n")
            let answer = try client.readAnswer()
            #expect(answer.text == "abcdefg")
            #expect(answer.trailers == "X-Sum: 7\r\n")
            #expect(seen.wait(for: 1) == ["chunked|hello!|X-Check: 1\r\n"])
        }
    }

    @Test func answersWithoutABodyHaveNone() async throws {
        try await withProxy { peer, _ in
            while let head = try? peer.readHead() {
                switch head.startLine.split(separator: " ")[1].split(separator: "/").last {
                case "head": try peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
                case "304": try peer.send("HTTP/1.1 304 Not Modified\r\nContent-Length: 1000\r\nETag: \"x\"\r\n\r\n")
                case "204": try peer.send("HTTP/1.1 204 No Content\r\n\r\n")
                default: try peer.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
                }
            }
        } test: { bench, upstream in
            let client = try bench.connect()
            try client.send(bench.request("HEAD /v3/things/head HTTP/1.1"))
            let head = try client.readAnswer(toHead: true)
            #expect(head.head["content-length"] == "1000")
            try client.send(bench.request("GET /v3/things/304 HTTP/1.1", ["If-None-Match: \"x\""]))
            let notModified = try client.readAnswer()
            #expect(notModified.status == 304)
            #expect(notModified.head["etag"] == "\"x\"")
            try client.send(bench.request("GET /v3/things/204 HTTP/1.1"))
            let noContent = try client.readAnswer()
            #expect(noContent.status == 204)
            #expect(noContent.head["content-length"] == nil)
            #expect(noContent.head["transfer-encoding"] == nil)
            try client.send(bench.request("DELETE /v3/things/empty HTTP/1.1"))
            #expect(try client.readAnswer().body.isEmpty)
            #expect(upstream.connectionCount == 1)
        }
    }

    @Test func continueIsTheUpstreamsToSay() async throws {
        try await withProxy { peer, _ in
            let head = try peer.readHead()
            try #require(head["expect"] == "100-continue")
            // The body must not be there yet.
            try #require(!peer.hasNews(within: 50))
            try peer.send("HTTP/1.1 100 Continue\r\n\r\n")
            _ = try peer.readBody(of: head)
            try peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        } test: { bench, upstream in
            let client = try bench.connect()
            try client.send(
                bench.request("POST /v3/things HTTP/1.1", ["Expect: 100-continue", "Content-Length: 4"]))
            #expect(try client.readHead().status == 100)
            try client.send("body")
            #expect(try client.readAnswer().text == "ok")
            #expect(upstream.problems.all == [])
        }
    }

    @Test func aFinalAnswerInsteadOfContinueEndsTheRequest() async throws {
        try await withProxy { peer, _ in
            _ = try peer.readHead()
            try peer.send("HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nno!")
            _ = peer.readToEnd()
        } test: { bench, _ in
            let client = try bench.connect()
            try client.send(
                bench.request("POST /v3/things HTTP/1.1", ["Expect: 100-continue", "Content-Length: 400000"]))
            let answer = try client.readAnswer()
            #expect(answer.status == 413)
            #expect(answer.head["connection"] == "close")
            #expect(client.readToEnd().end == .finished)
        }
    }

    @Test func interimAnswersGoToClientsThatKnowThem() async throws {
        try await withProxy { peer, _ in
            while (try? peer.readHead()) != nil {
                try peer.send("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n")
                try peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            }
        } test: { bench, _ in
            let modern = try bench.connect()
            try modern.send(bench.request("GET /v3/things HTTP/1.1"))
            let hints = try modern.readHead()
            #expect(hints.status == 103)
            #expect(hints["link"] == "</x>")
            #expect(try modern.readAnswer().text == "ok")
            let old = try bench.connect()
            try old.send(bench.request("GET /v3/things HTTP/1.0"))
            #expect(try old.readAnswer().status == 200)
        }
    }

    @Test func anInterimAnswerBringsNoSecretBackEither() async throws {
        try await withProxy { peer, _ in
            while (try? peer.readHead()) != nil {
                try peer.send("HTTP/1.1 103 \(ProxyBench.token)\r\nLink: </\(ProxyBench.token)>\r\n\r\n")
                try peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            }
        } test: { bench, _ in
            let client = try bench.connect()
            try client.send(bench.request("GET /v3/things HTTP/1.1"))
            let hints = try client.readHead()
            #expect(hints.status == 103)
            #expect(!hints.startLine.contains(ProxyBench.token))
            #expect(hints["link"]?.contains(ProxyBench.token) == false)
            #expect(try client.readAnswer().text == "ok")
        }
    }

    /// Servers disagree about which of two lines counts.
    @Test func aFormIsAFormWhicheverLineSaysSo() async throws {
        let bodies = Recorder<String>()
        try await withProxy { peer, _ in
            while (try? peer.readHead()) != nil {
                bodies.note(try peer.readText(11))
                try peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            }
        } test: { bench, _ in
            let client = try bench.connect()
            let fields = [
                "Content-Type: text/plain", "Content-Type: application/x-www-form-urlencoded", "Content-Length: 11",
            ]
            try client.send(bench.request("POST /v3/things HTTP/1.1", fields) + "api_key=x&q")
            #expect(try client.readAnswer().text == "ok")
            #expect(bodies.all == ["&&&&&&&&&&q"])
        }
    }

    @Test func oldClientsGetNoChunksAndKeepOnlyWhatTheyAskFor() async throws {
        try await withProxy { peer, _ in
            while let head = try? peer.readHead() {
                if head.startLine.contains("chunked") {
                    try peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")
                } else {
                    try peer.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
                }
            }
        } test: { bench, _ in
            let plain = try bench.connect()
            try plain.send(bench.request("GET /v3/things/chunked HTTP/1.0"))
            let untilClose = try plain.readAnswer()
            #expect(untilClose.head["transfer-encoding"] == nil)
            #expect(untilClose.text == "hello")
            #expect(untilClose.end == .finished)

            let kept = try bench.connect()
            for _ in 0..<3 {
                try kept.send(bench.request("GET /v3/things/length HTTP/1.0", ["Connection: keep-alive"]))
                let answer = try kept.readAnswer()
                #expect(answer.head["connection"] == "keep-alive")
                #expect(answer.text == "hello")
            }
            // The same, but the answer has no length: it must close all the same.
            try kept.send(bench.request("GET /v3/things/chunked HTTP/1.0", ["Connection: keep-alive"]))
            let last = try kept.readAnswer()
            #expect(last.head["connection"] == "close")
            #expect(last.end == .finished)
        }
    }

    @Test func anUpstreamThatAnswersUntilItClosesIsPassedOnWhole() async throws {
        try await withProxy { peer, _ in
            _ = try peer.readHead()
            // Head, body and FIN may come as one event.
            try peer.send("HTTP/1.0 200 OK\r\n\r\nhello")
        } test: { bench, _ in
            for _ in 0..<30 {
                let client = try bench.connect()
                client.setTimeouts(seconds: 5)
                try client.send(bench.request("GET /v3/things HTTP/1.1"))
                let answer = try client.readAnswer()
                #expect(answer.text == "hello")
                #expect(answer.head["transfer-encoding"] == "chunked")
            }
        }
    }

    @Test func aTruncatedAnswerNeverEndsCleanly() async throws {
        try await withProxy { peer, _ in
            let head = try peer.readHead()
            if head.startLine.contains("chunked") {
                try peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
            } else {
                try peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello")
            }
        } test: { bench, _ in
            for _ in 0..<20 {
                for (version, kind) in [("1.1", "chunked"), ("1.1", "length"), ("1.0", "chunked")] {
                    let client = try bench.connect()
                    client.setTimeouts(seconds: 5)
                    try client.send(bench.request("GET /v3/things/\(kind) HTTP/\(version)", ["Connection: close"]))
                    let (bytes, end) = client.readToEnd()
                    // Where nothing had been sent, it is an error of ours instead.
                    let isError = bytes.starts(with: "HTTP/1.1 502 ".utf8) && end == .finished
                    let text = String(decoding: bytes, as: UTF8.self)
                    #expect(end == .failed(ECONNRESET) || isError, "HTTP/\(version), \(kind): \(end), \(text)")
                }
            }
        }
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        "HTTP/2 200 OK\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 200 OK\nContent-Length: 0\n\n",
        "HTTP/1.1 200 OK\r\nBad Field: x\r\n\r\n", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
        String(repeating: "HTTP/1.1 102 Processing\r\n\r\n", count: 40),
    ])
    func aMalformedAnswerIsABadGateway(_ bytes: String) async throws {
        try await withProxy { peer, _ in
            _ = try peer.readHead()
            try peer.send(bytes)
            _ = peer.readToEnd()
        } test: { bench, _ in
            let client = try bench.connect()
            try client.send(bench.request("GET /v3/things HTTP/1.1"))
            var answer = try client.readAnswer()
            while answer.status == 102 { answer = try client.readAnswer() }
            #expect(answer.status == 502)
            #expect(answer.head["cartouche-error"]?.hasPrefix("upstream-") == true)
            // The client's connection is none the worse.
            try client.send(bench.request("GET /elsewhere HTTP/1.1"))
            #expect(try client.readAnswer().status == 403)
        }
    }

    @Test func refusalsTellAndGoNowhere() async throws {
        try await withProxy(upstream: obliging) { bench, upstream in
            let client = try bench.connect()
            try client.send(bench.request("GET /unknown HTTP/1.1"))
            let unknown = try client.readAnswer()
            #expect(unknown.status == 403)
            #expect(unknown.head["cartouche-error"] == "route-unknown")
            #expect(unknown.head["content-type"] == "application/json")
            let object = try JSONSerialization.jsonObject(with: Data(unknown.body)) as? [String: Any]
            #expect(object?["status"] as? Int == 403)
            #expect(object?["request_id"] as? String == unknown.head["cartouche-request-id"])

            try client.send("GET /v3/things HTTP/1.1\r\nHost: rebound.example\r\n\r\n")
            #expect(try client.readAnswer().status == 421)
            try client.send(bench.request("OPTIONS /v3/things HTTP/1.1"))
            #expect(try client.readAnswer().status == 405)
            try client.send(bench.request("GET /v3/../v3/things HTTP/1.1"))
            #expect(try client.readAnswer().status == 400)
            try client.send("nonsense\r\n\r\n")
            let nonsense = try client.readAnswer()
            #expect(nonsense.status == 400)
            #expect(nonsense.head["connection"] == "close")
            #expect(client.readToEnd().end == .finished)
            #expect(upstream.connectionCount == 0)
        }
    }

    @Test func pagesOfThisMachineMayReadTheirAnswers() async throws {
        try await withProxy(upstream: obliging) { bench, upstream in
            let client = try bench.connect()
            try client.send(
                bench.request("GET /v3/things HTTP/1.1", ["Origin: http://localhost:8080"]))
            let granted = try client.readAnswer()
            #expect(granted.status == 200)
            #expect(granted.head["access-control-allow-origin"] == "http://localhost:8080")
            #expect(granted.head["vary"]?.lowercased().contains("origin") == true)

            try client.send(
                bench.request(
                    "OPTIONS /v3/things HTTP/1.1",
                    ["Origin: http://localhost:8080", "Access-Control-Request-Method: POST"]))
            let preflight = try client.readAnswer()
            #expect(preflight.status == 204)
            #expect(preflight.head["access-control-allow-methods"] != nil)
            try client.send(bench.request("GET /v3/things HTTP/1.1", ["Origin: https://evil.example"]))
            #expect(try client.readAnswer().status == 403)
            #expect(upstream.connectionCount == 1)
        }
    }

    @Test func anUpstreamThatIsNotThereIsSaidSo() async throws {
        let port = try ScriptedServer.closedPort()
        let bench = try await ProxyBench.start(upstream: port)
        try await blocking {
            let client = try bench.connect()
            for _ in 0..<3 {
                try client.send(bench.request("GET /v3/things HTTP/1.1"))
                let answer = try client.readAnswer()
                #expect(answer.status == 502)
                #expect(answer.head["cartouche-error"] == "upstream-not-connected")
            }
        }
        await bench.server.stop()
    }
}
