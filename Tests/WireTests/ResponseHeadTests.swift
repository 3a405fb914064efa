import Testing
import Wire

@Suite struct ResponseHeadTests {
    @Test func splitsWhatItParses() throws {
        let head = try response("HTTP/1.1 404 Not  Found\r\nServer: a\r\nSet-Cookie: b\r\n\r\n")
        #expect(head.status == 404)
        #expect(head.minorVersion == 1)
        #expect(text(head.reason, of: head.storage) == "Not  Found")
        #expect(head.spelled == ["Server: a", "Set-Cookie: b"])
        #expect(head.count(of: .setCookie) == 1)
    }

    @Test(arguments: ["HTTP/1.1 200 \r\n\r\n", "HTTP/1.0 200\r\n\r\n"])
    func takesAnEmptyReason(_ head: String) throws {
        #expect(try response(head).reason.isEmpty)
    }

    @Test(arguments: [
        ("HTTP/1.1  200 OK", WireError.invalidStatusCode), ("HTTP/1.1\t200 OK", .malformedStatusLine),
        ("HTTP/1.1 2000 OK", .invalidStatusCode), ("HTTP/1.1 20 OK", .invalidStatusCode),
        ("HTTP/1.1 099 OK", .invalidStatusCode), ("HTTP/1.1 600 OK", .invalidStatusCode),
        ("HTTP/1.1 +20 OK", .invalidStatusCode), ("HTTP/1.1 200x", .malformedStatusLine),
        ("HTTP/1.1", .malformedStatusLine), ("HTTP/2.0 200 OK", .unsupportedVersion),
        ("HTTP/11.1 200 OK", .malformedStatusLine), ("ICY 200 OK", .malformedStatusLine),
        ("HTTP/1.1 200 a\0b", .controlByte), ("HTTP/1.1 200 a\rb", .bareCarriageReturn),
        ("HTTP/1.1 200 a\nb: c", .bareLineFeed), (" HTTP/1.1 200 OK", .malformedStatusLine),
        ("\r\nHTTP/1.1 200 OK", .malformedStatusLine),
    ])
    func refusesStatusLines(_ line: String, _ rule: WireError) {
        #expect(throws: rule) { try response(line + "\r\n\r\n") }
    }

    @Test func refusesFoldedLines() {
        #expect(throws: WireError.foldedLine) { try response("HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n") }
    }

    @Test func isEmptyAfterAnError() throws {
        var head = try response("HTTP/1.1 200 OK\r\nServer: a\r\n\r\n")
        #expect(throws: WireError.self) { try head.parse(bytes("HTTP/1.1 200 OK\r\nServer : a\r\n\r\n").span) }
        #expect(head.status == 0)
        #expect(head.lines.isEmpty)
    }
}
