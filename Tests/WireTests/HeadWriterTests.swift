import TestSupport
import Testing
import Wire

@Suite struct HeadWriterTests {
    private func written(_ write: (inout [UInt8]) -> Void) -> String {
        var output: [UInt8] = []
        write(&output)
        return text(output)
    }

    @Test func writesLines() {
        #expect(written { HeadWriter.appendStatusLine(404, to: &$0) } == "HTTP/1.1 404 Not Found\r\n")
        #expect(written { HeadWriter.appendStatusLine(599, to: &$0) } == "HTTP/1.1 599 \r\n")
        #expect(
            written { HeadWriter.appendStatusLine(200, reason: bytes("Fine").span, to: &$0) } == "HTTP/1.1 200 Fine\r\n"
        )
        #expect(
            written { HeadWriter.appendRequestLine(method: "GET", target: bytes("/a?b").span, to: &$0) }
                == "GET /a?b HTTP/1.1\r\n")
        #expect(written { HeadWriter.appendField(.etag, "\"a\"", to: &$0) } == "ETag: \"a\"\r\n")
        #expect(written { HeadWriter.appendField(.host, bytes("b").span, to: &$0) } == "Host: b\r\n")
        #expect(written { HeadWriter.appendField(.contentLength, decimal: 120, to: &$0) } == "Content-Length: 120\r\n")
    }

    @Test func writesNumbers() {
        for number in [0, 1, 9, 10, 99, 100, 12_345, UInt64(Int64.max), .max] {
            #expect(written { $0.append(decimal: number) } == String(number))
            #expect(written { $0.append(hexadecimal: number) } == String(number, radix: 16))
        }
    }

    @Test func writesChunks() throws {
        #expect(written { ChunkWriter.appendSizeLine(255, to: &$0) } == "ff\r\n")
        #expect(written { ChunkWriter.appendSizeLine(0, to: &$0) } == "")
        #expect(written { ChunkWriter.appendLastChunk(to: &$0) } == "0\r\n\r\n")
        var decoder = ChunkedDecoder()
        let body = bytes("0\r\nX-Sum:1\r\nDigest: 2\r\n\r\n")
        let step = try decoder.next(body.span, from: 0)
        #expect(step == .end(at: body.count))
        let copy = written {
            ChunkWriter.appendLastChunk(decoder.trailers, where: { $0.known == .other }, to: &$0)
        }
        #expect(copy == "0\r\nX-Sum: 1\r\n\r\n")
    }

    @Test func whatIsParsedAndWrittenParsesTheSame() throws {
        var random = SplitMix64(seed: 22_786)
        let tokenBytes = (UInt8.min...UInt8.max).filter { ByteClass.of($0) & ByteClass.token != 0 }
        let valueBytes = (UInt8.min...UInt8.max).filter { ByteClass.of($0) & ByteClass.fieldContent != 0 }
        for _ in 0..<500 {
            var head = bytes("GET /\(UInt64.random(in: 0...UInt64.max, using: &random)) HTTP/1.1\r\nHost: a\r\n")
            for _ in 0..<Int.random(in: 0...20, using: &random) {
                head += (0..<Int.random(in: 1...20, using: &random)).map { _ in
                    tokenBytes.randomElement(using: &random) ?? 0
                }
                head += bytes(":")
                head += (0..<Int.random(in: 0...40, using: &random)).map { _ in
                    valueBytes.randomElement(using: &random) ?? 0
                }
                head += bytes("\r\n")
            }
            let parsed = try request(head + bytes("\r\n"))
            var output: [UInt8] = []
            HeadWriter.appendRequestLine(
                method: parsed.storage.span.extracting(parsed.methodSlice.range),
                target: parsed.storage.span.extracting(parsed.target.whole.range), to: &output)
            for line in parsed.lines { HeadWriter.appendField(line, of: parsed.storage.span, to: &output) }
            HeadWriter.appendEnd(to: &output)
            let again = try request(output)
            #expect(again.lines.map(\.known) == parsed.lines.map(\.known))
            for (one, other) in zip(parsed.lines, again.lines) {
                #expect(parsed.storage[one.name.range] == again.storage[other.name.range])
                #expect(parsed.storage[one.value.range] == again.storage[other.value.range])
                #expect(one.lookalike == other.lookalike)
            }
        }
    }

    /// Whichever lines are left out, however they are spelled.
    @Test func linesSideBySideAreWrittenAsOneByOne() throws {
        var random = SplitMix64(seed: 7)
        let spellings = ["A: b", "A:b", "A:  b", "A: b ", "Via: 1.1 x", "Long-Enough-To-Matter: with a value", "E:", "E: "]
        for _ in 0..<500 {
            let lines = (0..<Int.random(in: 0...12, using: &random)).map { _ in
                (text: spellings.randomElement(using: &random) ?? "", isWanted: Bool.random(using: &random))
            }
            let parsed = try request(
                bytes("GET / HTTP/1.1\r\nHost: a\r\n" + lines.map { $0.text + "\r\n" }.joined() + "\r\n"))
            let wanted = [true] + lines.map(\.isWanted)
            var oneByOne: [UInt8] = []
            for (line, isWanted) in zip(parsed.lines, wanted) where isWanted {
                HeadWriter.appendField(line, of: parsed.storage.span, to: &oneByOne)
            }
            var index = 0
            let together = written {
                HeadWriter.appendFields(parsed.lines, of: parsed.storage.span, to: &$0) { _ in
                    defer { index += 1 }
                    return wanted[index]
                }
            }
            #expect(together == text(oneByOne))
        }
    }

    private func isToken(_ text: String) -> Bool { Token.isValid(bytes(text).span) }
    private func isValue(_ text: String) -> Bool { Token.isValidFieldValue(bytes(text).span) }

    @Test func tellsWhatMayBeWritten() {
        #expect(isToken("a-b"))
        for bad in ["", "a b", "a:", "é", "a\r"] { #expect(!isToken(bad)) }
        for good in ["", "a b", "é", "a\tb"] { #expect(isValue(good)) }
        for bad in [" a", "a ", "a\r\nb: c", "a\0", "\ta", "\u{7F}"] { #expect(!isValue(bad)) }
    }
}
