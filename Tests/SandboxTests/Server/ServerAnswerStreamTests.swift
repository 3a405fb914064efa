import Sandbox
import Testing
import Wire

@Suite struct ServerAnswerStreamTests {
    private func write(
        _ answer: SandboxAnswer, isHead: Bool = false, isHTTP10: Bool = false, keeps: Bool = true
    ) -> (text: String, steps: [AnswerStream.Step], staysOpen: Bool) {
        var output: [UInt8] = []
        var stream = AnswerStream(
            answer, isHead: isHead, isHTTP10: isHTTP10, keepsConnection: keeps, now: 784_111_777, to: &output)
        var steps: [AnswerStream.Step] = []
        repeat { steps.append(stream.next(to: &output)) } while steps.last != .ended && steps.count < 100
        return (String(decoding: output, as: UTF8.self), steps, stream.staysOpen)
    }

    private static let dateAndServer = "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nServer: Cartouche-Sandbox\r\n"

    @Test func contentHasItsLength() {
        let answer = SandboxAnswer(status: 200, fields: [("X-A", "b")], body: .bytes(Array("hello".utf8)))
        let head = "HTTP/1.1 200 OK\r\n" + Self.dateAndServer + "X-A: b\r\nContent-Length: 5\r\n"
        #expect(write(answer).text == head + "\r\nhello")
        #expect(write(answer, isHead: true).text == head + "\r\n")
        #expect(write(answer, keeps: false).text == head + "Connection: close\r\n\r\nhello")
        #expect(write(answer, isHTTP10: true).text == head + "Connection: keep-alive\r\n\r\nhello")
    }

    @Test(arguments: [204, 304])
    func someAnswersHaveNoContent(status: Int) {
        let text = write(SandboxAnswer(status: status, body: .bytes([1, 2]))).text
        #expect(text.hasSuffix(Self.dateAndServer + "\r\n"))
    }

    @Test func eventsAreChunksWithPauses() {
        let answer = SandboxAnswer(
            status: 200, body: .events([Array("a".utf8), [], Array("bcd".utf8)], interval: .milliseconds(5)))
        let whole = write(answer)
        #expect(whole.text.hasSuffix("Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n3\r\nbcd\r\n0\r\n\r\n"))
        #expect(whole.steps == [.pause(5_000_000), .pause(5_000_000), .more, .more, .ended])
        let old = write(answer, isHTTP10: true)
        #expect(old.text.hasSuffix("Connection: close\r\n\r\nabcd"))
        #expect(!old.staysOpen)
    }

    @Test func repeatedContentIsWrittenInSteps() {
        let block = RepeatedBlock(prefix: [1], block: [UInt8](repeating: 2, count: 1_000), count: 200, suffix: [3, 3])
        var output: [UInt8] = []
        var content = RepeatedContent(block)
        var whole: [UInt8] = []
        var steps = 0
        var isMore = true
        while isMore {
            isMore = content.write(777, to: &output)
            #expect(output.count <= 777)
            whole += output
            output = []
            steps += 1
        }
        #expect(whole == [1] + [UInt8](repeating: 2, count: 200_000) + [3, 3])
        #expect(steps > 200)
    }

    /// Blocks of nothing end at once; lengths that no number holds begin all the same.
    @Test func extremeRepetitionsDoNotHang() {
        var output: [UInt8] = []
        var nothing = RepeatedContent(RepeatedBlock(block: [], count: .max, suffix: [9]))
        #expect(!nothing.write(100, to: &output))
        #expect(output == [9])
        var endless = RepeatedContent(RepeatedBlock(block: [1, 2], count: .max))
        #expect(endless.write(100, to: &output))
    }

    @Test func fieldsCannotBreakOutOfTheirLine() {
        let answer = SandboxAnswer(status: 200, fields: [("X-A", "b\r\nX-B: c"), ("X C", "d"), ("", "e")])
        let text = write(answer).text
        #expect(text.contains("X-A: b  X-B: c\r\n"))
        #expect(!text.contains("X C"))
    }
}
