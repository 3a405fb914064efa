import Testing
import Wire

@Suite struct HeadScannerTests {
    private func scan(
        _ scanner: inout HeadScanner, _ bytes: [UInt8], limits: HeadLimits = .standard
    ) throws(WireError) -> Int? {
        try scanner.scan(bytes.span, limits: limits)
    }

    @Test func findsTheEndAndLeavesTheBody() throws {
        var scanner = HeadScanner()
        #expect(try scan(&scanner, bytes("GET / HTTP/1.1\r\nHost: a\r\n\r\n\0\n\rbody")) == 27)
        scanner.reset()
        #expect(try scan(&scanner, bytes("GET / HTTP/1.0\r\n\r\n")) == 18)
    }

    @Test func isIdleUntilTheFirstByteOfARequestLine() throws {
        var scanner = HeadScanner()
        #expect(scanner.isIdle)
        #expect(try scan(&scanner, []) == nil)
        #expect(scanner.isIdle)
        #expect(try scan(&scanner, bytes("\r\n")) == nil)
        #expect(scanner.isIdle)
        #expect(try scan(&scanner, bytes("\r\nG")) == nil)
        #expect(!scanner.isIdle)
        scanner.reset()
        #expect(scanner.isIdle)
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\rX", WireError.bareCarriageReturn), ("GET / HTTP/1.1\n", .bareLineFeed),
        ("GET / HTTP/3.0\r\n", .unsupportedVersion), ("GET /a#b HTTP/1.1\r\n", .fragmentInTarget),
        ("PROXY TCP4 1.2.3.4\r\n", .malformedRequestLine), ("GET / HTTP/1.1\r\nX : y\r\n", .whitespaceBeforeColon),
        ("GET / HTTP/1.1\r\n ", .foldedLine), ("GET / HTTP/1.1\r\nX: y\r\n\t", .foldedLine),
        ("\u{16}\u{3}", .controlByte),
    ])
    func refusesWithoutWaitingForTheEnd(_ start: String, _ rule: WireError) {
        var scanner = HeadScanner()
        #expect(throws: rule) { try scan(&scanner, bytes(start)) }
    }

    @Test func throwsTheSameErrorForEver() {
        var scanner = HeadScanner()
        #expect(throws: WireError.bareLineFeed) { try scan(&scanner, bytes("\n")) }
        #expect(throws: WireError.bareLineFeed) { try scan(&scanner, bytes("GET / HTTP/1.1\r\nHost: a\r\n\r\n")) }
        #expect(throws: WireError.bareLineFeed) { try scan(&scanner, []) }
    }

    @Test func limitsTheRequestLineTheHeadAndTheFields() {
        var scanner = HeadScanner()
        #expect(throws: WireError.requestLineTooLong) {
            try scan(&scanner, bytes("GET /" + String(repeating: "a", count: 100_000)))
        }
        scanner.reset()
        #expect(throws: WireError.headTooLarge) {
            try scan(&scanner, bytes("GET / HTTP/1.1\r\nX: " + String(repeating: "a", count: 100_000)))
        }
        scanner.reset()
        #expect(throws: WireError.tooManyFields) {
            try scan(&scanner, bytes("GET / HTTP/1.1\r\n" + String(repeating: "X: y\r\n", count: 10_000)))
        }
    }

    @Test func countsFieldsAsTheyCome() throws {
        let limits = HeadLimits(fields: 3)
        var scanner = HeadScanner()
        let start = "GET / HTTP/1.1\r\nA:\r\nB:\r\nC:\r\n"
        #expect(try scan(&scanner, bytes(start), limits: limits) == nil)
        #expect(throws: WireError.tooManyFields) { try scan(&scanner, bytes(start + "D:\r\n"), limits: limits) }
    }

    @Test func aHeadOfExactlyTheLimitPasses() throws {
        let head = bytes("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        var scanner = HeadScanner()
        #expect(try scan(&scanner, head, limits: HeadLimits(requestLine: 14, head: head.count)) == head.count)
        scanner.reset()
        #expect(throws: WireError.headTooLarge) {
            try scan(&scanner, head, limits: HeadLimits(requestLine: 14, head: head.count - 1))
        }
        scanner.reset()
        #expect(throws: WireError.requestLineTooLong) {
            try scan(&scanner, head, limits: HeadLimits(requestLine: 13, head: head.count))
        }
    }

    @Test func takesOneEmptyLineBeforeARequestAndNoneBeforeAResponse() throws {
        var scanner = HeadScanner()
        #expect(try scan(&scanner, bytes("\r\n")) == nil)
        #expect(try scan(&scanner, bytes("\r\nGET / HTTP/1.0\r\n\r\n")) == 20)
        scanner.reset()
        #expect(throws: WireError.malformedRequestLine) { try scan(&scanner, bytes("\r\n\r\n")) }
        var responses = HeadScanner(.response)
        #expect(throws: WireError.malformedStatusLine) { try scan(&responses, bytes("\r\n")) }
    }
}
