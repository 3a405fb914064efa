import Credentials
import Foundation
import Secrets
import TestSupport
import Testing
import Upstream

@testable import Proxy

/// When a request is sent a second time, and when not.
@Suite(.serialized) struct RetryTests {
    /// Serves one request properly and closes when the next one comes.
    @Sendable private static func closingOnTheSecond(_ peer: Peer, _ number: Int) throws {
        let head = try peer.readHead()
        _ = try peer.readBody(of: head)
        try peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        _ = try? peer.readHead()
    }

    @Test func aSafeRequestOnADeadReusedConnectionIsSentOnceMore() async throws {
        try await withProxy(upstream: Self.closingOnTheSecond) { bench, upstream in
            let client = try bench.connect()
            for number in 0..<10 {
                try client.send(bench.request("GET /v3/things HTTP/1.1"))
                #expect(try client.readAnswer().status == 200, "request \(number)")
            }
            #expect(upstream.connectionCount == 10)
        }
    }

    /// Where connections die again and again, retries are not a load of their own.
    @Test func retriesHaveABudget() async throws {
        let options = ProxyBench.Options(adjust: { settings in
            settings.poolLimits.retries = 3
            settings.poolLimits.retriesPerSecond = 1
        })
        try await withProxy(options, upstream: Self.closingOnTheSecond) { bench, _ in
            let client = try bench.connect()
            var served = 0
            while served < 20 {
                try client.send(bench.request("GET /v3/things HTTP/1.1"))
                let answer = try client.readAnswer()
                guard answer.status == 200 else {
                    #expect(answer.head["cartouche-error"] == "upstream-closed")
                    break
                }
                served += 1
            }
            // The first needs none, and a slow machine saves up some more.
            #expect(served >= 4 && served < 20)
        }
    }

    @Test func arequestThatMayWriteIsNeverSentTwice() async throws {
        let posts = Recorder<Int>()
        try await withProxy { peer, number in
            while let head = try? peer.readHead() {
                _ = try peer.readBody(of: head)
                if head.startLine.hasPrefix("POST") {
                    posts.note(number)
                    return
                }
                try peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            }
        } test: { bench, _ in
            let client = try bench.connect()
            try client.send(bench.request("GET /v3/things HTTP/1.1"))
            _ = try client.readAnswer()
            for body in ["", "body"] {
                try client.send(
                    bench.request("POST /v3/things HTTP/1.1", ["Content-Length: \(body.utf8.count)"]) + body)
                let answer = try client.readAnswer()
                #expect(answer.status == 502)
                #expect(answer.head["cartouche-error"] == "upstream-closed")
            }
            #expect(posts.all.count == 2)
        }
    }

    @Test func aNewConnectionThatDiesIsNotTriedAgain() async throws {
        try await withProxy { peer, _ in
            _ = try peer.readHead()
        } test: { bench, upstream in
            let client = try bench.connect()
            try client.send(bench.request("GET /v3/things HTTP/1.1"))
            #expect(try client.readAnswer().status == 502)
            #expect(upstream.connectionCount == 1)
        }
    }

    @Test func anAnswerThatHasBegunIsNotAskedForAgain() async throws {
        try await withProxy { peer, _ in
            _ = try peer.readHead()
            try peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            _ = try peer.readHead()
            try peer.send("HTTP/1.1 200")
        } test: { bench, upstream in
            let client = try bench.connect()
            try client.send(bench.request("GET /v3/things HTTP/1.1"))
            #expect(try client.readAnswer().status == 200)
            try client.send(bench.request("GET /v3/things HTTP/1.1"))
            let answer = try client.readAnswer()
            #expect(answer.status == 502)
            #expect(answer.head["cartouche-error"] == "upstream-answer-cut")
            #expect(upstream.connectionCount == 1)
        }
    }

    /// Bytes behind an answer must not become the next answer, nor part of it.
    @Test(arguments: [1, 65_536, 200_000]) func surplusBytesAreNobodysAnswer(_ length: Int) async throws {
        try await withProxy { peer, number in
            while (try? peer.readHead()) != nil {
                let body = String(repeating: "x", count: length)
                let poison = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison"
                try peer.send("HTTP/1.1 200 OK\r\nContent-Length: \(length)\r\n\r\n\(body)\(poison)")
            }
        } test: { bench, _ in
            let client = try bench.connect()
            for _ in 0..<20 {
                try client.send(bench.request("GET /v3/things HTTP/1.1"))
                let answer = try client.readAnswer()
                #expect(answer.body.count == length)
                #expect(answer.body.first == 0x78)
            }
        }
    }
}

/// What a 401 to one of our tokens sets going.
@Suite(.serialized) struct RenewalTests {
    /// An authorization server that issues `token-1`, `token-2`, …
    private static func issuing(_ count: Recorder<Int> = Recorder(), lifetime: Int = 3_600) throws -> ScriptedServer {
        try ScriptedServer.answering { _, _ in
            count.note(0)
            let token = "token-number-\(count.all.count)"
            let body = #"{"access_token":"\#(token)","token_type":"Bearer","expires_in":\#(lifetime)}"#
            return
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
        }
    }

    private static func options(authServer port: UInt16) throws -> ProxyBench.Options {
        let endpoint = TokenEndpoint(isSecure: false, host: "127.0.0.1", port: port, path: "/oauth/token")
        let client = try OAuthClient(endpoint: endpoint, clientID: "id", audience: "carto-cloud-native-api")
        return ProxyBench.Options(
            credentials: [
                .client(
                    name: "only", client, secret: Secret("a-client-secret-of-some-length"),
                    endpoint: Endpoint(host: "127.0.0.1", port: port, isAddress: true, trust: nil))
            ], kind: .oauthClient)
    }

    /// Takes only tokens from the given number on.
    private static func demanding(_ least: Int, seen: Recorder<String>) -> @Sendable (Peer, Int) throws -> Void {
        { peer, _ in
            while let head = try? peer.readHead() {
                let body = try peer.readBody(of: head)
                let token = head["authorization"] ?? "-"
                seen.note("\(token) \(String(decoding: body, as: UTF8.self))")
                let number = Int(token.split(separator: "-").last ?? "") ?? 0
                if number >= least {
                    try peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
                } else {
                    try peer.send(
                        "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer\r\nContent-Length: 4\r\n\r\nold!")
                }
            }
        }
    }

    @Test func theRequestIsSentOnceMoreWithANewToken() async throws {
        let auth = try Self.issuing()
        let seen = Recorder<String>()
        try await withProxy(try Self.options(authServer: auth.port), upstream: Self.demanding(2, seen: seen)) {
            bench, _ in
            let client = try bench.connect()
            try client.send(bench.request("GET /v3/things HTTP/1.1"))
            #expect(try client.readAnswer().text == "ok")
            #expect(seen.all == ["Bearer token-number-1 ", "Bearer token-number-2 "])
            try client.send(bench.request("POST /v3/things HTTP/1.1", ["Content-Length: 4"]) + "body")
            #expect(try client.readAnswer().text == "ok")
            #expect(seen.all.last == "Bearer token-number-2 body")
        }
        auth.stop()
    }

    @Test(arguments: [["Content-Length: 4"], ["Transfer-Encoding: chunked"]])
    func aSmallBodyIsSentAgain(_ framing: [String]) async throws {
        let auth = try Self.issuing()
        let seen = Recorder<String>()
        try await withProxy(try Self.options(authServer: auth.port), upstream: Self.demanding(2, seen: seen)) {
            bench, _ in
            let client = try bench.connect()
            try client.send(bench.request("POST /v3/things HTTP/1.1", framing))
            try client.send(framing[0].hasPrefix("C") ? "body" : "4\r\nbody\r\n0\r\n\r\n")
            #expect(try client.readAnswer().text == "ok")
            #expect(seen.all == ["Bearer token-number-1 body", "Bearer token-number-2 body"])
        }
        auth.stop()
    }

    @Test func asecond401IsTheClientsAnswer() async throws {
        let auth = try Self.issuing()
        let seen = Recorder<String>()
        try await withProxy(try Self.options(authServer: auth.port), upstream: Self.demanding(9, seen: seen)) {
            bench, _ in
            let client = try bench.connect()
            try client.send(bench.request("GET /v3/things HTTP/1.1"))
            let answer = try client.readAnswer()
            #expect(answer.status == 401)
            #expect(answer.text == "old!")
            #expect(answer.head["www-authenticate"] == nil)
            #expect(seen.all == ["Bearer token-number-1 ", "Bearer token-number-2 "])
            // The connection goes on.
            try client.send(bench.request("GET /nowhere HTTP/1.1"))
            #expect(try client.readAnswer().status == 403)
        }
        auth.stop()
    }

    /// Many requests meet the old token at once: one renewal serves them all.
    @Test func many401sAreOneRenewal() async throws {
        let auth = try Self.issuing()
        let seen = Recorder<String>()
        try await withProxy(try Self.options(authServer: auth.port), loops: 2, upstream: Self.demanding(2, seen: seen))
        {
            bench, _ in
            let clients = try (0..<30).map { _ in try bench.connect() }
            for client in clients { try client.send(bench.request("GET /v3/things HTTP/1.1")) }
            for client in clients { #expect(try client.readAnswer().text == "ok") }
            #expect(Set(seen.all) == ["Bearer token-number-1 ", "Bearer token-number-2 "])
        }
        auth.stop()
    }

    @Test func withoutATokenNothingIsForwarded() async throws {
        let port = try ScriptedServer.closedPort()
        try await withProxy(try Self.options(authServer: port), upstream: obliging) { bench, upstream in
            let client = try bench.connect()
            try client.send(bench.request("GET /v3/things HTTP/1.1"))
            let answer = try client.readAnswer()
            #expect(answer.status == 503)
            #expect(answer.text.contains(#""source":"auth""#))
            #expect(upstream.connectionCount == 0)
        }
    }

    /// A token that ends while a connection is waited for is not sent: the one that has taken its place is.
    @Test func aTokenThatEndsInTheLineIsNotSent() async throws {
        let issued = Recorder<Int>()
        let auth = try Self.issuing(issued, lifetime: 1)
        var options = try Self.options(authServer: auth.port)
        options.adjust = { $0.poolLimits.connections = 1 }
        let seen = Recorder<String>()
        try await withProxy(options) { peer, _ in
            while let head = try? peer.readHead() {
                seen.note(head["authorization"] ?? "-")
                // The first token has ended when there are three.
                if seen.all.count == 1 { _ = issued.wait(for: 3) }
                try peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            }
        } test: { bench, _ in
            let first = try bench.connect()
            try first.send(bench.request("GET /v3/things HTTP/1.1"))
            #expect(seen.wait(for: 1) == ["Bearer token-number-1"])
            let second = try bench.connect()
            try second.send(bench.request("POST /v3/things HTTP/1.1", ["Content-Length: 4"]) + "body")
            #expect(try first.readAnswer().text == "ok")
            #expect(try second.readAnswer().text == "ok")
            #expect(seen.all.count == 2)
            #expect(seen.all.last != "Bearer token-number-1")
        }
        auth.stop()
    }

    /// Issues the first token at once if `first` says so, and the next one when the gate is opened.
    private static func hesitating(_ gate: Recorder<Int>, asked: Recorder<Int>, first: Bool) throws -> ScriptedServer {
        try ScriptedServer.answering { _, _ in
            asked.note(0)
            let number = asked.all.count
            if number > 1 || !first { _ = gate.wait(for: 1) }
            let body = #"{"access_token":"token-number-\#(number)","token_type":"Bearer","expires_in":3600}"#
            return "HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
        }
    }

    /// Whoever waits for a token has a deadline of its own; the token request goes on, and serves the next.
    @Test func nobodyWaitsLongerThanTheirOwnDeadline() async throws {
        let gate = Recorder<Int>()
        let asked = Recorder<Int>()
        let auth = try Self.hesitating(gate, asked: asked, first: false)
        var options = try Self.options(authServer: auth.port)
        options.adjust = { $0.timeouts.token = 200_000_000 }
        try await withProxy(options, loops: 2, upstream: obliging) { bench, upstream in
            let clients = try (0..<8).map { _ in try bench.connect() }
            for client in clients { try client.send(bench.request("GET /v3/things HTTP/1.1")) }
            for client in clients {
                let answer = try client.readAnswer()
                #expect(answer.status == 503)
                #expect(answer.text.contains("token-timeout"))
            }
            #expect(upstream.connectionCount == 0)
            gate.note(0)
            let client = try bench.connect()
            #expect(
                eventually {
                    guard (try? client.send(bench.request("GET /v3/things HTTP/1.1"))) != nil else { return true }
                    return (try? client.readAnswer().status) == 200
                })
            #expect(asked.all.count == 1)
        }
        auth.stop()
    }

    /// The same for who waits to send a request again: the 401 is the answer after all.
    @Test func a401IsPassedOnWhenItsRenewalTakesTooLong() async throws {
        let gate = Recorder<Int>()
        let asked = Recorder<Int>()
        let auth = try Self.hesitating(gate, asked: asked, first: true)
        var options = try Self.options(authServer: auth.port)
        options.adjust = { $0.timeouts.token = 200_000_000 }
        let seen = Recorder<String>()
        try await withProxy(options, upstream: Self.demanding(2, seen: seen)) { bench, _ in
            let client = try bench.connect()
            try client.send(bench.request("GET /v3/things HTTP/1.1"))
            let answer = try client.readAnswer()
            #expect(answer.status == 401)
            #expect(answer.text == "old!")
            gate.note(0)
            #expect(
                eventually {
                    guard (try? client.send(bench.request("GET /v3/things HTTP/1.1"))) != nil else { return true }
                    return (try? client.readAnswer().text) == "ok"
                })
            #expect(asked.all.count == 2)
        }
        auth.stop()
    }

    /// A dead connection uses up one kind of second attempt, not the other.
    @Test func aRetriedRequestCanStillBeRenewed() async throws {
        let auth = try Self.issuing()
        let seen = Recorder<Int>()
        try await withProxy(try Self.options(authServer: auth.port)) { peer, number in
            while let head = try? peer.readHead() {
                seen.note(number)
                if seen.all.count == 2 { return }
                let isNew = seen.all.count == 1 || head["authorization"] == "Bearer token-number-2"
                try peer.send("HTTP/1.1 \(isNew ? 200 : 401) X\r\nContent-Length: 2\r\n\r\nok")
            }
        } test: { bench, _ in
            let client = try bench.connect()
            for _ in 0..<2 {
                try client.send(bench.request("GET /v3/things HTTP/1.1"))
                #expect(try client.readAnswer().status == 200)
            }
        }
        auth.stop()
    }

    /// What is too long to be sent again must at least bring about a new token for those that follow.
    @Test func a401ToALongUploadRenewsForTheNext() async throws {
        let auth = try Self.issuing()
        let seen = Recorder<String>()
        try await withProxy(try Self.options(authServer: auth.port)) { peer, _ in
            while let head = try? peer.readHead() {
                _ = try peer.readBody(of: head)
                seen.note(head["authorization"] ?? "-")
                let isNew = head["authorization"] != "Bearer token-number-1"
                try peer.send("HTTP/1.1 \(isNew ? 200 : 401) X\r\nContent-Length: 2\r\n\r\nok")
            }
        } test: { bench, _ in
            let client = try bench.connect()
            let long = String(repeating: "x", count: 200_000)
            try client.send(bench.request("POST /v3/things HTTP/1.1", ["Content-Length: 200000"]) + long)
            #expect(try client.readAnswer().status == 401)
            #expect(
                eventually(seconds: 5) {
                    guard
                        (try? client.send(bench.request("POST /v3/things HTTP/1.1", ["Content-Length: 200000"]) + long))
                            != nil
                    else { return true }
                    return (try? client.readAnswer().status) == 200
                })
            #expect(seen.all.last == "Bearer token-number-2")
        }
        auth.stop()
    }
}
