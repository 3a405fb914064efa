import TestSupport
import Testing
import Upstream
import Wire

@Suite struct ResponseReaderTests {
    /// The events of an answer; parts of one body are joined.
    private func transcript(_ pieces: [[UInt8]], to method: Method = .get, closes: Bool = false) -> [String] {
        var reader = ResponseReader(limits: .standard)
        reader.begin(to: method)
        var events: [String] = []
        var rest = 0
        feeding: for piece in pieces {
            var offset = 0
            while true {
                do throws(UpstreamFailure) {
                    switch try reader.next(piece.span, from: &offset) {
                    case .needsMore: continue feeding
                    case .interimHead: events.append("interim \(reader.head.status)")
                    case .head(let framing):
                        events.append("\(reader.head.status) \(framing) keeps \(reader.keepsConnection)")
                    case .body(let range):
                        let text = String(decoding: piece[range], as: UTF8.self)
                        if events.last?.hasPrefix("body ") == true {
                            events[events.count - 1] += text
                        } else {
                            events.append("body \(text)")
                        }
                    case .ended:
                        if events.last?.hasPrefix("ended") != true {
                            events.append("ended \(reader.takeTrailers()?.lines.count ?? 0)")
                        }
                        rest += piece.count - offset
                        continue feeding
                    }
                } catch {
                    return events + ["\(error)"]
                }
            }
        }
        if closes { events.append(reader.finish() ? "whole" : "cut") }
        return rest > 0 ? events + ["rest \(rest)"] : events
    }

    private static let answers: [(String, Method, Bool, [String])] = [
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", .get, false,
            ["200 length(5) keeps true", "body hello", "ended 0"]
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloHTTP", .get, false,
            ["200 length(5) keeps true", "body hello", "ended 0", "rest 4"]
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", .get, true,
            ["200 length(5) keeps true", "body hell", "cut"]
        ),
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", .head, false, ["200 none keeps true", "ended 0"]),
        ("HTTP/1.1 304 X\r\nContent-Length: 5\r\n\r\n", .get, false, ["304 none keeps true", "ended 0"]),
        ("HTTP/1.1 204 X\r\n\r\n", .get, false, ["204 none keeps true", "ended 0"]),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;e=1\r\nhello\r\n1\r\n!\r\n0\r\nX-A: 1\r\nX-B: 2\r\n\r\n",
            .get, false,
            ["200 chunked keeps true", "body hello!", "ended 2"]
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n", .get, true,
            ["200 chunked keeps true", "body hello", "cut"]
        ),
        ("HTTP/1.1 200 OK\r\n\r\nall of it", .get, true, ["200 untilClose keeps false", "body all of it", "whole"]),
        ("HTTP/1.0 200 OK\r\n\r\nall of it", .get, true, ["200 untilClose keeps false", "body all of it", "whole"]),
        (
            "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", .get, false,
            ["200 length(2) keeps false", "body ok", "ended 0"]
        ),
        (
            "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok", .get, false,
            ["200 length(2) keeps true", "body ok", "ended 0"]
        ),
        (
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", .get, false,
            ["200 length(2) keeps false", "body ok", "ended 0"]
        ),
        (
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
            .get, false,
            ["interim 100", "interim 103", "200 length(0) keeps true", "ended 0"]
        ),
        ("HTTP/1.1 100 Continue\r\n\r\n", .get, true, ["interim 100", "cut"]),
        ("HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n", .get, false, ["protocolSwitched"]),
        ("", .get, true, ["cut"]), ("HTTP/1.1 2", .get, true, ["cut"]),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", .get, false,
            ["answerMalformed(Wire.WireError.contentLengthWithTransferEncoding)"]
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 5x\r\n\r\n", .get, false,
            ["answerMalformed(Wire.WireError.invalidContentLength)"]
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", .get, false,
            ["200 chunked keeps true", "answerMalformed(Wire.WireError.invalidChunkSize)"]
        ),
    ]

    @Test(arguments: answers.indices) func anAnswerIsTheSameHoweverItArrives(_ index: Int) {
        let (text, method, closes, expected) = Self.answers[index]
        let bytes = Array(text.utf8)
        #expect(transcript([bytes], to: method, closes: closes) == expected)
        for cut in bytes.indices.dropFirst() {
            #expect(
                transcript([Array(bytes[..<cut]), Array(bytes[cut...])], to: method, closes: closes) == expected,
                "cut at \(cut)")
        }
        #expect(transcript(bytes.map { [$0] }, to: method, closes: closes) == expected)
    }

    @Test func interimAnswersAreCounted() {
        let sixteen = String(repeating: "HTTP/1.1 102 P\r\n\r\n", count: 16)
        #expect(transcript([Array((sixteen + "HTTP/1.1 204 X\r\n\r\n").utf8)]).last == "ended 0")
        #expect(transcript([Array((sixteen + "HTTP/1.1 102 P\r\n\r\n").utf8)]).last == "tooManyInterimAnswers")
    }

    @Test func theNextAnswerBeginsAnew() throws {
        var reader = ResponseReader(limits: .standard)
        let answer = Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nX-A: 1\r\n\r\n".utf8)
        for _ in 0..<3 {
            reader.begin(to: .get)
            #expect(!reader.hasBegun)
            var offset = 0
            #expect(try reader.next(answer.span, from: &offset) == .head(.chunked))
            #expect(reader.hasBegun && reader.isInBody)
            while try reader.next(answer.span, from: &offset) != .ended {}
            #expect(offset == answer.count)
            #expect(reader.takeTrailers()?.lines.count == 1)
            #expect(!reader.isInBody)
        }
    }

    @Test func trailersAreThoseOfTheAnswerThatHadThem() throws {
        var reader = ResponseReader(limits: .standard)
        let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nX-A: 1\r\n\r\n"
        for (answer, count) in [(chunked, 1), ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", nil)] {
            reader.begin(to: .get)
            var offset = 0
            let bytes = Array(answer.utf8)
            while try reader.next(bytes.span, from: &offset) != .ended {}
            #expect(reader.takeTrailers()?.lines.count == count)
        }
    }

    @Test func garbageIsRefusedAndNeverATrap() {
        var random = SplitMix64(seed: 99)
        let words = [
            "HTTP/1.1 200 OK\r\n", "\r\n", "Content-Length: ", "9223372036854775807", "9223372036854775808",
            "Transfer-Encoding: chunked\r\n", "ffffffffffffffff\r\n", "7fffffffffffffff\r\n", "0\r\n", "x", "\u{0}",
            ":", " ",
        ]
        for _ in 0..<3000 {
            let text = (0..<Int.random(in: 0...8, using: &random)).map { _ in words.randomElement(using: &random)! }
                .joined()
            let bytes = Array(text.utf8)
            let whole = transcript([bytes], closes: true)
            #expect(transcript(bytes.map { [$0] }, closes: true) == whole, "\(text.debugDescription)")
        }
    }

    /// Bytes behind an error are no answer's, whoever offers them; until the next request.
    @Test(arguments: [
        "HTTP/1.1 0\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "HTTP/1.1 101 No\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx",
    ])
    func afterAnErrorThereIsNoEvent(_ stream: String) {
        var reader = ResponseReader(limits: .standard)
        reader.begin(to: .get)
        func error(_ text: String) -> UpstreamFailure? {
            var offset = 0
            do throws(UpstreamFailure) {
                while true {
                    switch try reader.next(Array(text.utf8).span, from: &offset) {
                    case .needsMore, .ended: return nil
                    case .interimHead, .head, .body: continue
                    }
                }
            } catch {
                return error
            }
        }
        let first = error(stream)
        #expect(first != nil)
        #expect(error("HTTP/1.1 204 No Content\r\n\r\n") == first)
        let isWhole = reader.finish()
        #expect(!isWhole)
        reader.begin(to: .get)
        #expect(error("HTTP/1.1 204 No Content\r\n\r\n") == nil)
    }

    /// Only of a stated length is it known, and not before.
    @Test(arguments: [
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", ["he", "llo"], [false, true]),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", ["2\r\nhe\r\n", "3\r\nllo\r\n"], [false, false]),
        ("HTTP/1.1 200 OK\r\n\r\n", ["he", "llo"], [false, false]),
    ])
    func tellsTheLastPartOfABody(head: String, parts: [String], expected: [Bool]) throws {
        var reader = ResponseReader(limits: .standard)
        reader.begin(to: .get)
        var known: [Bool] = []
        for piece in [head] + parts {
            var offset = 0
            reading: while true {
                switch try reader.next(Array(piece.utf8).span, from: &offset) {
                case .needsMore, .ended: break reading
                case .body: known.append(reader.isBodyComplete)
                case .head, .interimHead: continue
                }
            }
        }
        #expect(known == expected)
    }
}
