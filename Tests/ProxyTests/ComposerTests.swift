import Foundation
import Secrets
import TestSupport
import Testing
import Upstream
import Wire

@testable import Proxy

@Suite struct RequestComposerTests {
    private func compose(
        _ line: String = "GET /v3/x HTTP/1.1", _ fields: [String] = [], base: String = "",
        framing: RequestComposer.Framing = .none, keepsConditions: Bool = true, expects: Bool = false,
        referer: String = ""
    ) throws -> TestSupport.Head {
        var head = RequestHead()
        try head.parse(Array(([line, "Host: localhost"] + fields + ["", ""]).joined(separator: "\r\n").utf8).span)
        let path = head.target.path
        var prepared = PreparedRequest(reusing: Array("left over".utf8))
        let plan = try plan(head, base, framing, keepsConditions, expects, referer)
        RequestComposer.compose(head, path: path, options: try ConnectionOptions.of(head), plan: plan, into: &prepared)
        var text = ""
        prepared.write { text = String(decoding: $0, as: UTF8.self) }
        return TestSupport.Head(text)
    }

    private func plan(
        _ head: RequestHead, _ base: String, _ framing: RequestComposer.Framing, _ keepsConditions: Bool,
        _ expects: Bool, _ referer: String
    ) throws -> RequestComposer.Plan {
        RequestComposer.Plan(
            destination: RequestComposer.Destination(
                authority: Array("api.example".utf8), basePath: Array(base.utf8), referer: Array(referer.utf8),
                via: Array("cartouche".utf8)),
            framing: framing, mayCompress: true, keepsConditions: keepsConditions, expectsContinue: expects)
    }

    @Test func theLineIsTheBaseAndTheCanonicalPath() throws {
        #expect(
            try compose("GET /v3/x?a=1&token=evil HTTP/1.1", base: "/api").startLine == "GET /api/v3/x?a=1 HTTP/1.1")
        #expect(try compose("GET /v3/x?token=evil HTTP/1.0").startLine == "GET /v3/x HTTP/1.1")
        #expect(try compose("GET http://localhost/v3/x?a HTTP/1.1").startLine == "GET /v3/x?a HTTP/1.1")
    }

    @Test func hostIsTheUpstreams() throws { #expect(try compose()["host"] == "api.example") }

    @Test(arguments: [
        "Authorization: Bearer evil", "Proxy-Authorization: Basic evil", "Cookie: evil", "X-API-Key: evil",
        "Origin: http://evil", "Referer: http://evil", "X-Forwarded-For: evil", "Forwarded: for=evil",
        "X-Real-IP: evil",
        "X-HTTP-Method-Override: EVIL", "X-Original-URL: /evil", "X-Rewrite-URL: /evil", "TE: evil", "Trailer: evil",
        "Upgrade: evil", "HTTP2-Settings: evil", "Keep-Alive: evil", "Proxy-Connection: evil", "Expect: evil",
        "Sec-Fetch-Site: evil", "Sec-Fetch-Anything: evil", "Cartouche-Key: evil", "Cartouche-Evil: evil",
        "X-Forwarded-Evil: evil", "Sec-WebSocket-Key: evil", "Max-Forwards: 0", "Access-Control-Request-Method: EVIL",
        "X_Forwarded_For: evil", "X_Api_Key: evil", "Content_Length: 5",
    ])
    func itDoesNotPassOn(_ line: String) throws {
        let composed: TestSupport.Head
        do { composed = try compose("GET /v3/x HTTP/1.1", [line, "X-Fine: yes"]) } catch is WireError { return }
        #expect(!composed.text.lowercased().contains("evil"))
        #expect(composed["x-fine"] == "yes")
        let name = line.split(separator: ":")[0].lowercased()
        #expect(composed[name] == nil)
    }

    @Test func whatConnectionNominatesGoes() throws {
        let composed = try compose(
            "GET /v3/x HTTP/1.1",
            ["Connection: X-Hop, close, Content-Type", "X-Hop: 1", "x-hop: 2", "X-Stay: 3", "Content-Type: a/b"])
        #expect(composed["x-hop"] == nil)
        #expect(composed["content-type"] == nil)
        #expect(composed["connection"] == nil)
        #expect(composed["x-stay"] == "3")
    }

    /// RFC 9110 §7.6.1: that would take our own fields away from the message.
    @Test(arguments: ["Host", "Authorization", "Via", "Accept-Encoding", "Transfer-Encoding", "Content-Length"])
    func nominatingOursDoesNotRemoveThem(_ name: String) throws {
        let composed = try compose("POST /v3/x HTTP/1.1", ["Connection: \(name)"], framing: .length(3))
        #expect(composed["host"] == "api.example")
        #expect(composed["via"] == "1.1 cartouche")
        #expect(composed["content-length"] == "3")
        #expect(composed["accept-encoding"] != nil)
    }

    @Test func viaNamesThoseBefore() throws {
        #expect(
            try compose("GET /v3/x HTTP/1.1", ["Via: 1.0 a", "Via: 1.1 b, 1.1 c"])["via"]
                == "1.0 a, 1.1 b, 1.1 c, 1.1 cartouche")
        #expect(try compose("GET /v3/x HTTP/1.0")["via"] == "1.0 cartouche")
    }

    @Test(
        arguments: [
            ([], "identity"), (["gzip"], "gzip"), (["br, gzip;q=0.5"], "gzip"), (["gzip;q=0"], "identity"),
            (["gzip;q=0.000"], "identity"), (["gzip; q=0.001"], "gzip"), (["*"], "gzip"), (["*;q=0"], "identity"),
            (["gzip;q=0, *"], "identity"), (["br", "GZIP"], "gzip"), (["identity"], "identity"), (["x-gzip"], "gzip"),
            (["zipgzip"], "identity"),
        ] as [([String], String)])
    func onlyWhatCanBeLookedIntoIsAskedFor(_ given: [String], _ expected: String) throws {
        let composed = try compose("GET /v3/x HTTP/1.1", given.map { "Accept-Encoding: \($0)" })
        #expect(composed["accept-encoding"] == expected)
    }

    @Test func theBodyIsFramedAnew() throws {
        #expect(try compose(framing: .none)["content-length"] == nil)
        #expect(try compose("POST /v3/x HTTP/1.1", ["Content-Length: 0"], framing: .length(0))["content-length"] == "0")
        let chunked = try compose("POST /v3/x HTTP/1.1", ["Transfer-Encoding: chunked"], framing: .chunked)
        #expect(chunked["transfer-encoding"] == "chunked")
        #expect(chunked["content-length"] == nil)
    }

    @Test func conditionsGoWhereTheAnswerIsRewritten() throws {
        let fields = [
            "Range: bytes=0-1", "If-Range: \"x\"", "If-None-Match: \"x\"", "If-Match: \"y\"", "If-Modified-Since: z",
        ]
        let kept = try compose("GET /v3/x HTTP/1.1", fields)
        let gone = try compose("GET /v3/x HTTP/1.1", fields, keepsConditions: false)
        for name in ["range", "if-range", "if-none-match", "if-match", "if-modified-since"] {
            #expect(kept[name] != nil)
            #expect(gone[name] == nil)
        }
    }

    @Test func ourOwnRefererAndExpectation() throws {
        let composed = try compose(framing: .length(1), expects: true, referer: "https://app.example/")
        #expect(composed["referer"] == "https://app.example/")
        #expect(composed["expect"] == "100-continue")
    }

    /// Whatever valid head comes in, what goes out parses as the same request with one of each of our fields.
    @Test func whatGoesOutParses() throws {
        var random = SplitMix64(seed: 8)
        let names = [
            "Accept", "X-A", "x-b", "Connection", "Via", "Content-Type", "Cookie", "Authorization", "User-Agent",
        ]
        let values = ["a", "x-b", "close, X-A", "", "1.1 p", "b c\td", "\"q\\\"uoted\"", "é"]
        for _ in 0..<500 {
            let fields = (0..<Int.random(in: 0...8, using: &random)).map { _ in
                "\(names.randomElement(using: &random)!): \(values.randomElement(using: &random)!)"
            }
            guard let composed = try? compose("POST /v3/x?y HTTP/1.1", fields, framing: .chunked) else { continue }
            var parsed = RequestHead()
            try parsed.parse(Array((composed.text + "\r\n").utf8).span)
            #expect(parsed.method == .post)
            #expect(try BodyFraming.ofRequest(parsed) == .chunked)
            #expect(parsed.lines.count { $0.known == .host } == 1)
            #expect(parsed.lines.count { $0.known == .via } == 1)
            #expect(!parsed.present.contains(.authorization) && !parsed.present.contains(.cookie))
        }
    }
}

@Suite struct AnswerComposerTests {
    private func compose(_ fields: [String], line: String = "HTTP/1.1 200 OK", isRewritten: Bool = false) throws
        -> TestSupport.Head
    {
        var head = ResponseHead()
        try head.parse(Array(([line] + fields + ["", ""]).joined(separator: "\r\n").utf8).span)
        var output: [UInt8] = []
        AnswerComposer.appendStatusLine(head, to: &output)
        AnswerComposer.appendFields(
            head, options: try ConnectionOptions.of(head), isRewritten: isRewritten, to: &output)
        AnswerComposer.appendVia(head, Array("cartouche".utf8), to: &output)
        return TestSupport.Head(String(decoding: output, as: UTF8.self))
    }

    @Test(arguments: [
        "Set-Cookie: evil", "Set-Cookie2: evil", "WWW-Authenticate: evil", "Proxy-Authenticate: evil", "Alt-Svc: evil",
        "Strict-Transport-Security: evil", "Clear-Site-Data: evil", "Refresh: evil", "NEL: evil", "Report-To: evil",
        "Access-Control-Allow-Origin: evil", "Access-Control-Allow-Evil: evil", "Timing-Allow-Origin: evil",
        "Transfer-Encoding: evil", "Connection: evil", "Keep-Alive: evil", "Upgrade: evil", "Trailer: evil",
        "Cartouche-Error: evil", "Cartouche-Request-Id: evil", "Service-Worker-Allowed: evil", "Set_Cookie: evil",
        "Proxy-Authentication-Info: evil", "Authentication-Info: evil", "Public-Key-Pins: evil",
    ])
    func itDoesNotPassOn(_ line: String) throws {
        let composed = try compose([line, "X-Fine: yes"])
        #expect(!composed.text.contains("evil"))
        #expect(composed["x-fine"] == "yes")
    }

    @Test func theUpstreamsOwnPasses() throws {
        let composed = try compose([
            "Content-Type: a/b", "X-RateLimit-Reset: 5", "ETag: \"e\"", "Cache-Control: max-age=5",
        ])
        #expect(composed.startLine == "HTTP/1.1 200 OK")
        for name in ["content-type", "x-ratelimit-reset", "etag", "cache-control"] { #expect(composed[name] != nil) }
    }

    @Test func whatDescribesAnotherBodyGoes() throws {
        let fields = [
            "ETag: \"e\"", "Last-Modified: x", "Content-MD5: x", "Accept-Ranges: bytes", "Digest: x", "X-Fine: yes",
            "Cache-Control: public, max-age=31536000", "Age: 5",
        ]
        let composed = try compose(fields, isRewritten: true)
        for name in ["etag", "last-modified", "content-md5", "accept-ranges", "digest", "age"] {
            #expect(composed[name] == nil)
        }
        #expect(composed["x-fine"] == "yes")
        // It names a port that may be another one tomorrow.
        #expect(composed["cache-control"] == "no-store")
    }

    @Test func whatConnectionNominatesGoes() throws {
        let composed = try compose(["Connection: X-Hop", "X-Hop: 1", "X-Stay: 2"])
        #expect(composed["x-hop"] == nil)
        #expect(composed["x-stay"] == "2")
    }

    @Test func viaNamesThoseBefore() throws {
        #expect(try compose(["Via: 1.1 a", "Via: 1.1 b"])["via"] == "1.1 a, 1.1 b, 1.1 cartouche")
        #expect(try compose([], line: "HTTP/1.0 200 OK")["via"] == "1.0 cartouche")
    }

    @Test func anEmptyReasonKeepsItsSpace() throws {
        #expect(try compose([], line: "HTTP/1.1 299 ").text.hasPrefix("HTTP/1.1 299 \r\n"))
    }

    @Test(arguments: [
        (AnswerComposer.Framing.none, ""), (.untilClose, ""), (.length(5), "Content-Length: 5\r\n"),
        (.announced(7), "Content-Length: 7\r\n"), (.chunked, "Transfer-Encoding: chunked\r\n"),
        (.length(.max), "Content-Length: 9223372036854775807\r\n"),
    ])
    func theBodyIsFramedAnew(_ framing: AnswerComposer.Framing, _ expected: String) {
        var output: [UInt8] = []
        AnswerComposer.appendFraming(framing, to: &output)
        #expect(String(decoding: output, as: UTF8.self) == expected)
    }

    @Test(arguments: [
        (true, 1, ""), (true, 0, "Connection: keep-alive\r\n"), (false, 1, "Connection: close\r\n"),
        (false, 0, "Connection: close\r\n"),
    ])
    func theConnectionIsAnnounced(_ staysOpen: Bool, _ version: UInt8, _ expected: String) {
        var output: [UInt8] = []
        AnswerComposer.appendConnection(staysOpen: staysOpen, minorVersion: version, to: &output)
        #expect(String(decoding: output, as: UTF8.self) == expected)
    }
}
