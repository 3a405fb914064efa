import TestSupport
import Testing
import Wire

/// Bytes of any kind make a verdict: no parser stops the process.
@Suite struct GarbageTests {
    @Test func everyParserSurvivesAnyBytes() {
        var random = SplitMix64(seed: 3986)
        let pieces = [
            "GET ", "HTTP/1.1", "\r\n", "\r", "\n", "http://", "[::1]", ":", ",", "\"", "\\", "%", "=", "&", ";", "0",
            "FF",
            "Host: a\r\n", "Content-Length: ", "Transfer-Encoding: chunked\r\n", "Connection: ", "Sun, 06 Nov",
            "\u{7F}", " ",
        ].map(bytes)
        for _ in 0..<4_000 {
            var stream: [UInt8] = []
            for _ in 0..<Int.random(in: 0...12, using: &random) {
                stream += pieces.randomElement(using: &random) ?? []
                if Bool.random(using: &random) { stream.append(UInt8.random(in: 0...255, using: &random)) }
            }
            _ = MessageReader.read([stream], as: .request)
            _ = MessageReader.read([stream], as: .response)
            var decoder = ChunkedDecoder()
            _ = try? decoder.next(stream.span, from: 0)
            _ = Authority(stream.span, in: 0..<stream.count)
            _ = HTTPDate.parse(stream.span, now: .max)
            _ = HTTPDate.parse(stream.span, now: .min)
            _ = Decimal.parse(stream.span)
            _ = PercentDecoding.equalsIgnoringCase(stream.span, "access_token")
            var members = ListMembers(0..<stream.count)
            var steps = 0
            while members.nextStrict(in: stream.span) != nil { steps += 1 }
            #expect(steps <= stream.count + 1)
            var parameters = QueryParameters(0..<stream.count)
            while let parameter = parameters.next(in: stream.span) { #expect(!parameter.whole.isEmpty) }
            if let head = try? request(stream) {
                _ = try? BodyFraming.ofRequest(head)
                _ = try? ConnectionOptions.of(head)
            }
        }
    }
}
