import Foundation
import Secrets
import TLS
import TestSupport
import Testing
import Transport
import Wire

@testable import Upstream

/// Egress proxies that do what a script says; the upstream's name exists nowhere, so nothing can go to it directly.
@Suite(.serialized) struct EgressTests {
    /// The outcome of one wait for a connection through a proxy on that port.
    private func outcome(
        port: UInt16, proxyHost: String = "127.0.0.1", credentials: String? = nil,
        timeouts: UpstreamTimeouts = UpstreamTimeouts()
    ) async throws -> String {
        let proxy = EgressProxy(host: proxyHost, port: port, credentials: credentials.map { Secret($0) })
        let bench = try await PoolBench(port: 443, host: "api.carto.invalid", timeouts: timeouts, proxy: proxy)
        let events = try await bench.run()
        #expect(events.count == 1)
        #expect(await bench.with { $0.connectionCount } == 0)
        await bench.end()
        return events.first.map { String($0.dropFirst("refused ".count)) } ?? "nothing"
    }

    /// What the proxy is sent before it answers, and what comes of its answer.
    private func outcome(
        answer: String, credentials: String? = nil, timeouts: UpstreamTimeouts = UpstreamTimeouts(),
        then: @escaping @Sendable (Peer) throws -> Void = { _ in }
    ) async throws -> (outcome: String, request: Head?) {
        let heads = Recorder<Head>()
        let server = try ScriptedServer { peer, _ in
            heads.note(try peer.readHead())
            try peer.send(answer)
            try then(peer)
        }
        let outcome = try await outcome(port: server.port, credentials: credentials, timeouts: timeouts)
        server.stop()
        return (outcome, heads.all.first)
    }

    @Test(arguments: [
        ("HTTP/1.1 407 X\r\n\r\n", "egress(Upstream.EgressFailure.credentialsNotAccepted)"),
        ("HTTP/1.1 403 X\r\n\r\n", "egress(Upstream.EgressFailure.refused(status: 403))"),
        ("HTTP/1.1 502 X\r\n\r\n", "egress(Upstream.EgressFailure.upstreamNotReached(status: 502))"),
        ("garbage\r\n\r\n", "egress(Upstream.EgressFailure.answerMalformed(Wire.WireError.malformedStatusLine))"),
        ("HTTP/1.1 200 OK\r\n\r\nunasked", "egress(Upstream.EgressFailure.spokeOutOfTurn)"),
        ("", "egress(Upstream.EgressFailure.closed)"), ("HTTP/1.1 200", "egress(Upstream.EgressFailure.closed)"),
        // The tunnel stands, and the upstream closes it.
        ("HTTP/1.1 200 OK\r\n\r\n", "handshakeCut"),
    ])
    func whatTheProxyAnswers(answer: String, expected: String) async throws {
        let (outcome, request) = try await outcome(answer: answer)
        #expect(outcome == expected)
        #expect(request?.startLine == "CONNECT api.carto.invalid:443 HTTP/1.1")
        #expect(request?["proxy-authorization"] == nil)
    }

    @Test func theProxyGetsItsCredentials() async throws {
        let (_, request) = try await outcome(answer: "HTTP/1.1 403 X\r\n\r\n", credentials: "Aladdin:open sesame")
        #expect(request?["proxy-authorization"] == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==")
    }

    @Test func anEndlessHeadIsCutOff() async throws {
        let sent = Recorder<Int>()
        let (outcome, _) = try await outcome(answer: "HTTP/1.1 200 OK\r\n") { peer in
            let line = Array("X: \(String(repeating: "y", count: 1000))\r\n".utf8)
            sent.note(peer.sendUntilStuck(line, limit: 100 << 20, milliseconds: 500))
        }
        #expect(outcome == "egress(Upstream.EgressFailure.answerMalformed(Wire.WireError.headTooLarge))")
        // What the kernel buffers, and not what it was ready to send.
        #expect(sent.wait(for: 1).first.map { $0 < 50 << 20 } == true)
    }

    /// Neither silence nor a byte now and then gains it time.
    @Test(arguments: [false, true])
    func aProxyThatDoesNotAnswer(drips: Bool) async throws {
        var timeouts = UpstreamTimeouts()
        timeouts.tunnel = 300_000_000
        let (outcome, _) = try await outcome(answer: drips ? "HTTP/1.1 200 OK\r\nX: " : "", timeouts: timeouts) { peer in
            for _ in 0..<200 {
                if drips { try peer.send("y") }
                // Its end is the only news there can be.
                if peer.hasNews(within: 20) { return }
            }
        }
        #expect(outcome == "egress(Upstream.EgressFailure.answerTimedOut)")
    }

    @Test func aProxyThatIsNotThere() async throws {
        let outcome = try await outcome(port: try ScriptedServer.closedPort())
        #expect(outcome.hasPrefix("egress(Upstream.EgressFailure.notConnected"))
    }

    @Test func aProxyWhoseNameIsNone() async throws {
        let outcome = try await outcome(port: 1, proxyHost: "proxy.invalid")
        #expect(outcome.hasPrefix("egress(Upstream.EgressFailure.nameNotResolved"))
    }
}
