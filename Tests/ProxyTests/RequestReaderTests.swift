import TestSupport
import Testing
import Wire

@testable import Proxy

@Suite struct RequestReaderTests {
    /// What a row of requests is, told event by event; parts of one body are joined.
    private func transcript(_ pieces: [[UInt8]]) -> [String] {
        var reader = RequestReader()
        var head = RequestHead()
        var events: [String] = []
        for piece in pieces {
            var offset = 0
            reading: while true {
                do {
                    switch try reader.next(piece.span, from: &offset, head: &head, limits: .standard) {
                    case .needsMore: break reading
                    case .head(let framing):
                        events.append("\(head.method) \(framing)")
                        if reader.isEnded { reader.beginNext() }
                    case .body(let range):
                        let text = String(decoding: piece[range], as: UTF8.self)
                        if events.last?.hasPrefix("body ") == true {
                            events[events.count - 1] += text
                        } else {
                            events.append("body \(text)")
                        }
                    case .ended:
                        events.append("ended \(reader.trailers?.lines.count ?? -1)")
                        reader.beginNext()
                    }
                } catch {
                    return events + ["\(error)"]
                }
            }
        }
        return events
    }

    private static let pipeline = Array(
        ("GET /a HTTP/1.1\r\nHost: x\r\n\r\n" + "POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"
            + "\r\nHEAD /c HTTP/1.0\r\n\r\n"
            + "PUT /d HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nX-A: 1\r\n\r\n"
            + "DELETE /e HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\nGET /f HTTP/1.1\r\n\r\n").utf8)

    private static let expected = [
        "get none", "post length(5)", "body hello", "ended 0", "head none", "put chunked", "body abcde", "ended 1",
        "delete length(0)", "missingHost",
    ]

    @Test func aPipelineIsReadInTurn() { #expect(transcript([Self.pipeline]) == Self.expected) }

    @Test func everySplitIntoTwoGivesTheSame() {
        for cut in 1..<Self.pipeline.count {
            #expect(
                transcript([Array(Self.pipeline[..<cut]), Array(Self.pipeline[cut...])]) == Self.expected,
                "cut at \(cut)")
        }
    }

    @Test func anySplitGivesTheSame() {
        var random = SplitMix64(seed: 1)
        for longest in [1, 2, 3, 7, 30] {
            for _ in 0..<20 { #expect(transcript(random.pieces(of: Self.pipeline, longest: longest)) == Self.expected) }
        }
    }

    @Test func itKnowsWhenAHeadHasBegun() throws {
        var reader = RequestReader()
        var head = RequestHead()
        #expect(!reader.hasBegun)
        var offset = 0
        #expect(try reader.next(Array("GET".utf8).span, from: &offset, head: &head, limits: .standard) == .needsMore)
        #expect(reader.hasBegun)
        offset = 0
        _ = try reader.next(Array(" / HTTP/1.0\r\n\r\n".utf8).span, from: &offset, head: &head, limits: .standard)
        #expect(!reader.hasBegun)
        #expect(reader.isEnded)
    }

    /// Bytes behind an error are no request's, whoever offers them.
    @Test(arguments: [
        "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n", "GET\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx",
    ])
    func afterAnErrorThereIsNoEvent(_ stream: String) {
        var reader = RequestReader()
        var head = RequestHead()
        func error(_ text: String) -> WireError? {
            var offset = 0
            do throws(WireError) {
                while try reader.next(Array(text.utf8).span, from: &offset, head: &head, limits: .standard) != .needsMore {}
                return nil
            } catch {
                return error
            }
        }
        let first = error(stream)
        #expect(first != nil)
        #expect(error("GET / HTTP/1.1\r\nHost: a\r\n\r\n") == first)
        #expect(error("") == first)
    }
}
