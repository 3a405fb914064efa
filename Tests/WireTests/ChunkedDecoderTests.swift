import Testing
import Wire

@Suite struct ChunkedDecoderTests {
    /// The data, the trailers and where the body ended.
    private func decode(
        _ body: String, limits: ChunkLimits = .standard
    ) throws(WireError) -> (data: String, trailers: [String], end: Int?) {
        var decoder = ChunkedDecoder(limits: limits)
        let input = bytes(body)
        var data: [UInt8] = []
        var offset = 0
        while true {
            switch try decoder.next(input.span, from: offset) {
            case .data(let range):
                data += input[range]
                offset = range.upperBound
            case .needMore: return (text(data), decoder.trailers.spelled, nil)
            case .end(let end): return (text(data), decoder.trailers.spelled, end)
            }
        }
    }

    @Test(arguments: [
        ("0\r\n\r\n", ""), ("000\r\n\r\n", ""), ("5\r\nhello\r\n0\r\n\r\n", "hello"),
        ("0005\r\nhello\r\n0\r\n\r\n", "hello"), ("A\r\n0123456789\r\n0\r\n\r\n", "0123456789"),
        ("a\r\n0123456789\r\n0\r\n\r\n", "0123456789"), ("1\r\na\r\n1\r\nb\r\n0\r\n\r\n", "ab"),
        ("5;a\r\nhello\r\n0;b=c\r\n\r\n", "hello"), ("5;a=\"\\\";\\\\\";b\r\nhello\r\n0\r\n\r\n", "hello"),
        ("2\r\n\r\n\r\n0\r\n\r\n", "\r\n"),
    ])
    func takesBodies(_ body: String, _ data: String) throws {
        let decoded = try decode(body)
        #expect(decoded.data == data)
        #expect(decoded.end == bytes(body).count)
        #expect(try decode(body + "GET ").end == bytes(body).count)
        for count in 0..<bytes(body).count { #expect(try decode(text(bytes(body).prefix(count))).end == nil) }
    }

    @Test(arguments: [
        ("\r\n", WireError.invalidChunkSize), (";a\r\n", .invalidChunkSize), (" 5\r\n", .invalidChunkSize),
        ("5 \r\n", .invalidChunkSize), ("5\t\r\n", .invalidChunkSize), ("-1\r\n", .invalidChunkSize),
        ("+1\r\n", .invalidChunkSize), ("0x1\r\n", .invalidChunkSize), ("6_0\r\n", .invalidChunkSize),
        ("g\r\n", .invalidChunkSize), ("\u{0665}\r\n", .invalidChunkSize), ("5\n", .bareLineFeed),
        ("5\r5", .bareCarriageReturn), ("5\r\r\n", .bareCarriageReturn),
        ("FFFFFFFFFFFFFFFF\r\n", .chunkSizeTooLarge), ("8000000000000000\r\n", .chunkSizeTooLarge),
        ("00000000000000001\r\n", .chunkSizeTooLarge), ("10000000000000000\r\n", .chunkSizeTooLarge),
        ("5;\r\n", .invalidChunkExtension), ("5 ;a\r\n", .invalidChunkSize), ("5; a\r\n", .invalidChunkExtension),
        ("5;a =b\r\n", .invalidChunkExtension), ("5;a=\r\n", .invalidChunkExtension),
        ("5;a=b c\r\n", .invalidChunkExtension), ("5;a=\"b\r\n", .invalidChunkExtension),
        ("5;a=\"b\"c\r\n", .invalidChunkExtension), ("5;a\nb\r\n", .bareLineFeed),
        ("5;a\0\r\n", .invalidChunkExtension),
        ("5;a=\"\n\"\r\n", .bareLineFeed), ("5;a\rb", .bareCarriageReturn), ("5;=a\r\n", .invalidChunkExtension),
        ("3\r\nabcd", .missingChunkEnd), ("3\r\nabc\n", .missingChunkEnd), ("3\r\nabc\rX", .missingChunkEnd),
        ("3\r\nabc\r\n\r\n", .invalidChunkSize),
    ])
    func refusesChunks(_ body: String, _ rule: WireError) {
        #expect(throws: rule) { try decode(body) }
    }

    @Test func theLargestSizeIsNoLimitOfOurs() throws {
        #expect(try decode("7FFFFFFFFFFFFFFF\r\nabc").data == "abc")
    }

    @Test func keepsTrailers() throws {
        let decoded = try decode("0\r\nX-Sum: 1 \r\nContent-Type: text/plain\r\nDigest:a\r\n\r\nnext")
        #expect(decoded.trailers == ["X-Sum: 1", "Content-Type: text/plain", "Digest: a"])
        #expect(decoded.end == bytes("0\r\nX-Sum: 1 \r\nContent-Type: text/plain\r\nDigest:a\r\n\r\n").count)
    }

    @Test(arguments: [
        ("Content-Length: 1", WireError.forbiddenTrailer), ("transfer-encoding: chunked", .forbiddenTrailer),
        ("Host: a", .forbiddenTrailer), ("Authorization: a", .forbiddenTrailer), ("Connection: a", .forbiddenTrailer),
        ("Set-Cookie: a", .forbiddenTrailer), ("X-Forwarded-For: a", .forbiddenTrailer),
        ("X-HTTP-Method-Override: a", .forbiddenTrailer), ("Content_Length: 1", .forbiddenTrailer),
        ("Trailer: a", .forbiddenTrailer), ("X : a", .whitespaceBeforeColon), (" X: a", .foldedLine),
        ("X", .invalidFieldName), ("X: \0", .controlByte), ("X: a\nb: c", .bareLineFeed),
        ("X: a\rb", .bareCarriageReturn),
        ("\rX: a", .bareCarriageReturn),
    ])
    func refusesTrailers(_ line: String, _ rule: WireError) {
        #expect(throws: rule) { try decode("0\r\n\(line)\r\n\r\n") }
    }

    @Test(arguments: [
        ("X: a\rb", WireError.bareCarriageReturn), ("\rX", .bareCarriageReturn), ("\n", .bareLineFeed),
        ("a\n", .bareLineFeed),
    ])
    func refusesTrailersAtTheOffendingByte(_ start: String, _ rule: WireError) {
        #expect(throws: rule) { try decode("0\r\n\(start)") }
    }

    @Test func limitsExtensions() {
        #expect(throws: WireError.chunkExtensionTooLong) {
            try decode("5;" + String(repeating: "a", count: 65_536) + "\r\nhello\r\n0\r\n\r\n")
        }
        #expect(throws: WireError.chunkExtensionTooLong) {
            try decode(String(repeating: "1;\(String(repeating: "a", count: 199))\r\nx\r\n", count: 3))
        }
        #expect(throws: WireError.chunkExtensionTooLong) {
            try decode(String(repeating: "1;\(String(repeating: "a", count: 100))\r\nx\r\n", count: 41))
        }
    }

    @Test func extensionLimitsAreInclusive() throws {
        let limits = ChunkLimits(extensionPerChunk: 4, extensionsInTotal: 8)
        #expect(try decode("1;abc\r\nx\r\n1;abc\r\ny\r\n0\r\n\r\n", limits: limits).data == "xy")
        #expect(throws: WireError.chunkExtensionTooLong) { try decode("1;abcd\r\n", limits: limits) }
        #expect(throws: WireError.chunkExtensionTooLong) {
            try decode("1;abc\r\nx\r\n1;abc\r\ny\r\n0;a\r\n\r\n", limits: limits)
        }
    }

    @Test func limitsTrailers() throws {
        let lines = (0..<33).map { "X-\($0): y\r\n" }
        #expect(try decode("0\r\n\(lines.dropLast().joined())\r\n").trailers.count == 32)
        #expect(throws: WireError.tooManyTrailers) { try decode("0\r\n\(lines.joined())\r\n") }
        #expect(throws: WireError.trailersTooLarge) {
            try decode("0\r\nX: " + String(repeating: "y", count: 8_192))
        }
    }

    @Test func throwsTheSameErrorForEverAndEndsForEver() throws {
        var decoder = ChunkedDecoder()
        let bad = bytes("x")
        let good = bytes("0\r\n\r\n")
        let empty: [UInt8] = []
        for input in [bad, good, empty] {
            #expect(throws: WireError.invalidChunkSize) { _ = try decoder.next(input.span, from: 0) }
        }
        #expect(!decoder.hasEnded)
        decoder.reset()
        let first = try decoder.next(good.span, from: 0)
        #expect(first == .end(at: 5))
        #expect(decoder.hasEnded)
        let second = try decoder.next(empty.span, from: 0)
        #expect(second == .end(at: 0))
    }
}
