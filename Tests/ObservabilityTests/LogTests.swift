import Foundation
import Logging
import Observability
import TestSupport
import Testing

@Suite struct AccessLogTests {
    private func line(_ format: Observability.LogFormat, _ change: (inout AccessRecord) -> Void) -> String {
        let pipe = TestSupport.Pipe()
        let sink = LogSink(descriptor: pipe.writing)
        var record = AccessRecord()
        record.wallNanoseconds = 1_769_903_999_123_000_000
        record.requestID = Array("id1".utf8)
        record.method = "GET"
        record.route = "/v3/sql/{connection}/query"
        record.status = 200
        record.token = "oauth"
        record.upstream = "api"
        record.bytesIn = 5
        record.bytesOut = 7
        record.total = 12_345_678
        record.untilHead = 1_002_003
        change(&record)
        var log = AccessLog(format: format, sink: sink)
        log.write(record)
        sink.flush()
        return pipe.readAll()
    }

    @Test func textIsOneLine() {
        #expect(
            line(.text) { _ in }
                == "2026-01-31T23:59:59.123Z id1 GET /v3/sql/{connection}/query 200 token=oauth upstream=api in=5 out=7 head_ms=1.002 total_ms=12.345\n"
        )
        #expect(line(.text) { $0.code = "route-unknown" }.hasSuffix(" error=route-unknown\n"))
        #expect(line(.text) { $0.untilHead = -1 }.contains("head_ms=-1 "))
    }

    @Test func jsonIsOneObject() throws {
        let text = line(.json) {
            $0.code = "x\"y"
            $0.route = "/a\"\\\u{1}b"
        }
        #expect(text.filter { $0 == "\n" }.count == 1)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(object["msg"] as? String == "request")
        #expect(object["route"] as? String == "/a\"\\\u{1}b")
        #expect(object["error"] as? String == "x\"y")
        #expect(object["status"] as? Int == 200)
        #expect(object["bytes_in"] as? Int == 5)
        #expect(object["total_ms"] as? Double == 12.345)
        #expect(object["request_id"] as? String == "id1")
    }

    @Test func extremesDoNotTrap() throws {
        let text = line(.json) {
            $0.bytesIn = .max
            $0.bytesOut = .min
            $0.total = .max
            $0.untilHead = .min
            $0.wallNanoseconds = .max
        }
        #expect((try? JSONSerialization.jsonObject(with: Data(text.utf8))) != nil)
    }
}

@Suite struct LineLogHandlerTests {
    private func lines(_ format: Observability.LogFormat, level: Logger.Level = .info, _ use: (Logger) -> Void)
        -> [Substring]
    {
        let pipe = TestSupport.Pipe()
        let sink = LogSink(descriptor: pipe.writing)
        use(Logger(label: "test") { _ in LineLogHandler(format: format, level: level, sink: sink) })
        sink.flush()
        return pipe.readAll().split(separator: "\n")
    }

    @Test func levelsAreHeeded() {
        let lines = lines(.text, level: .warning) {
            $0.info("no")
            $0.warning("yes", metadata: ["b": "2", "a": "1"])
            $0.error("also")
        }
        #expect(lines.count == 2)
        #expect(lines[0].hasSuffix(" warning yes a=1 b=2"))
    }

    /// What comes from outside must not become a line of its own.
    @Test func noTextMakesASecondLine() throws {
        let text = lines(.text) { $0.info("a\nb\r\u{1b}[31mc", metadata: ["k": "v\nforged"]) }
        #expect(text.count == 1)
        #expect(!text[0].utf8.contains { $0 < 0x20 })
        let json = lines(.json) { $0.info("a\nb\"\u{0}", metadata: ["k\"": "v\nforged"]) }
        #expect(json.count == 1)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(json[0].utf8)) as? [String: Any])
        #expect(object["msg"] as? String == "a\nb\"\u{0}")
        #expect(object["k\""] as? String == "v\nforged")
        #expect(object["level"] as? String == "info")
    }
}

@Suite struct LogSinkTests {
    @Test func linesOfManyWritersStayWhole() async {
        let pipe = TestSupport.Pipe()
        let sink = LogSink(descriptor: pipe.writing)
        async let all = try blocking { () -> String in
            var bytes: [UInt8] = []
            var chunk = [UInt8](repeating: 0, count: 4096)
            while case let count = read(pipe.reading, &chunk, chunk.count), count > 0 {
                bytes.append(contentsOf: chunk[..<count])
            }
            return String(decoding: bytes, as: UTF8.self)
        }
        await withTaskGroup { group in
            for writer in 0..<8 {
                group.addTask {
                    for number in 0..<500 {
                        sink.write("\(writer):\(number):" + String(repeating: "x", count: number % 50))
                    }
                }
            }
        }
        sink.flush()
        close(pipe.writing)
        let lines = (try? await all)?.split(separator: "\n") ?? []
        #expect(lines.count == 4000)
        var next = [Int](repeating: 0, count: 8)
        for line in lines {
            let parts = line.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 3, let writer = Int(parts[0]), let number = Int(parts[1]) else {
                Issue.record("a torn line: \(line)")
                return
            }
            #expect(number == next[writer])
            next[writer] = number + 1
        }
        close(pipe.reading)
    }

    /// A reader that stopped reading holds nobody up, and learns how much it missed.
    @Test func whatDoesNotFitIsDroppedAndCounted() async throws {
        let pipe = TestSupport.Pipe()
        let sink = LogSink(descriptor: pipe.writing)
        let line = String(repeating: "y", count: 1023)
        for _ in 0..<20_000 { sink.write(line) }
        let text = try await blocking { () -> String in
            var bytes: [UInt8] = []
            var chunk = [UInt8](repeating: 0, count: 64 << 10)
            while case let count = read(pipe.reading, &chunk, chunk.count), count > 0 {
                bytes.append(contentsOf: chunk[..<count])
                if String(decoding: bytes.suffix(200), as: UTF8.self).contains("were dropped") { break }
            }
            return String(decoding: bytes, as: UTF8.self)
        }
        // It is said once.
        sink.write("the last line")
        sink.flush()
        var rest = [UInt8](repeating: 0, count: 4096)
        let count = read(pipe.reading, &rest, rest.count)
        #expect(String(decoding: rest[..<max(count, 0)], as: UTF8.self) == "the last line\n")
        let lines = text.split(separator: "\n")
        let whole = lines.filter { $0 == line }.count
        let dropped = lines.compactMap { text -> Int? in
            text.hasSuffix("log lines were dropped") ? Int(text.split(separator: " ")[1]) : nil
        }.reduce(0, +)
        #expect(dropped > 0)
        #expect(whole + dropped == 20_000)
        #expect(whole < 10_000)
        close(pipe.writing)
        close(pipe.reading)
    }

    /// A pipe whose reader has gone is no reason to end, or to wait.
    @Test func aClosedReaderIsNoObstacle() {
        signal(SIGPIPE, SIG_IGN)
        let pipe = TestSupport.Pipe()
        close(pipe.reading)
        let sink = LogSink(descriptor: pipe.writing)
        for _ in 0..<100 { sink.write("line") }
        sink.flush()
        close(pipe.writing)
    }
}
