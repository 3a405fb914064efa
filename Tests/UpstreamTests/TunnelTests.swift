import Secrets
import TLS
import TestSupport
import Testing
import Wire

@testable import Upstream

/// What is asked of an egress proxy, and what is made of its answers, without a socket.
@Suite struct TunnelTests {
    private static let limits = HeadLimits(requestLine: 200, head: 1000, fields: 10)

    private func outcome(_ pieces: [[UInt8]]) -> String {
        var answer = TunnelAnswer(limits: Self.limits)
        for (index, piece) in pieces.enumerated() {
            do throws(EgressFailure) {
                if try answer.take(piece.span) { return index == pieces.count - 1 ? "open" : "open early" }
            } catch {
                return "\(error)"
            }
        }
        return "waits"
    }

    private static let answers: [(String, String)] = [
        ("HTTP/1.1 200 OK\r\n\r\n", "open"),
        ("HTTP/1.0 200 Connection established\r\nProxy-agent: tinyproxy/1.11.1\r\n\r\n", "open"),
        ("HTTP/1.1 299 \r\n\r\n", "open"),
        // There is no body after a 2xx, whatever is said of one (RFC 9110 §9.3.6).
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", "open"),
        ("HTTP/1.1 200 OK\r\n\r\nx", "spokeOutOfTurn"),
        ("HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", "spokeOutOfTurn"),
        ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", "open"),
        ("HTTP/1.1 100 Continue\r\n\r\n", "waits"),
        (String(repeating: "HTTP/1.1 102 X\r\n\r\n", count: 16) + "HTTP/1.1 200 OK\r\n\r\n", "open"),
        (String(repeating: "HTTP/1.1 102 X\r\n\r\n", count: 17), "tooManyInterimAnswers"),
        ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", "refused(status: 101)"),
        ("HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm=x\r\n\r\n<html>", "credentialsNotAccepted"),
        ("HTTP/1.1 401 Who\r\n\r\n", "credentialsNotAccepted"),
        ("HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno", "refused(status: 403)"),
        ("HTTP/1.1 302 Login\r\nLocation: http://portal/\r\n\r\n", "refused(status: 302)"),
        ("HTTP/1.1 500 X\r\n\r\n", "refused(status: 500)"),
        ("HTTP/1.1 502 X\r\n\r\n", "upstreamNotReached(status: 502)"),
        ("HTTP/1.1 503 X\r\n\r\n", "upstreamNotReached(status: 503)"),
        ("HTTP/1.1 504 X\r\n\r\n", "upstreamNotReached(status: 504)"),
        ("HTTP/1.1 200 OK\r\n", "waits"), ("", "waits"),
        ("SSH-2.0-OpenSSH_9.2\r\n\r\n", "answerMalformed(Wire.WireError.malformedStatusLine)"),
        ("HTTP/1.1 200 OK\r\nX : y\r\n\r\n", "answerMalformed(Wire.WireError.whitespaceBeforeColon)"),
        ("HTTP/1.1 200 OK\r\nX: \(String(repeating: "y", count: 1000))", "answerMalformed(Wire.WireError.headTooLarge)"),
        (
            "HTTP/1.1 200 OK\r\n" + String(repeating: "X: y\r\n", count: 11) + "\r\n",
            "answerMalformed(Wire.WireError.tooManyFields)"
        ),
    ]

    @Test(arguments: answers)
    func anAnswer(text: String, expected: String) { #expect(outcome([Array(text.utf8)]) == expected) }

    /// But for what stands behind the end: bytewise, it is not there yet when the tunnel opens.
    @Test(arguments: answers)
    func theSameCutAnywhere(text: String, expected: String) {
        guard expected != "spokeOutOfTurn" else { return }
        let bytes = Array(text.utf8)
        #expect(outcome(bytes.map { [$0] }) == expected)
        for cut in bytes.indices {
            #expect(outcome([Array(bytes[..<cut]), Array(bytes[cut...])]) == expected, "cut at \(cut)")
        }
    }

    private func request(_ host: String, isAddress: Bool = false, _ credentials: String? = nil) throws -> String {
        let trust = try TLSContext.client(trustingSystem: false)
        let proxy = EgressProxy(host: "proxy", port: 3128, credentials: credentials.map { Secret($0) })
        let endpoint = Endpoint(host: host, port: 443, isAddress: isAddress, trust: trust, proxy: proxy)
        return String(decoding: Tunnel.request(to: endpoint, proxy), as: UTF8.self)
    }

    @Test func whatIsAsked() throws {
        #expect(try request("a.example") == "CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\n")
        #expect(try request("2001:db8::1", isAddress: true).hasPrefix("CONNECT [2001:db8::1]:443 HTTP/1.1\r\n"))
        // RFC 7617 §2's own example.
        #expect(
            try request("a", "Aladdin:open sesame")
                == "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n"
                + "Proxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n")
    }

    @Test func whatIsNotUnderTLSGoesThroughNoProxy() {
        let proxy = EgressProxy(host: "proxy", port: 3128)
        let endpoint = Endpoint(host: "127.0.0.1", port: 80, isAddress: true, trust: nil, proxy: proxy)
        #expect(endpoint.proxy == nil)
        #expect(endpoint.firstHop == ("127.0.0.1", 80))
    }

    @Test func twoAreTheSameWithTheSameCredentials() {
        func proxy(_ port: UInt16, _ text: String?) -> EgressProxy {
            EgressProxy(host: "p", port: port, credentials: text.map { Secret($0) })
        }
        #expect(proxy(1, nil) == proxy(1, nil) && proxy(1, "a:b") == proxy(1, "a:b"))
        #expect(proxy(1, nil) != proxy(2, nil) && proxy(1, "a:b") != proxy(1, "a:c") && proxy(1, "a:b") != proxy(1, nil))
        #expect(!String(reflecting: proxy(1, "user:canary")).contains("canary"))
    }

    @Test func whatAnswersMustNotHold() {
        let secrets = EgressProxy(host: "p", port: 1, credentials: Secret("user:pass:word")).secrets
        #expect(secrets.contains { $0.matches(Array("pass:word".utf8).span) })
        #expect(secrets.contains { $0.matches(Array("dXNlcjpwYXNzOndvcmQ=".utf8).span) })
    }
}
