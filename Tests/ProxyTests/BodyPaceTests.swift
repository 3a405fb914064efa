import Foundation
import TestSupport
import Testing

@testable import Proxy

@Suite struct BodyPaceTests {
    private let second: Int64 = 1_000_000_000

    @Test func aPauseMayBeAsLongAsThePatience() {
        var pace = BodyPace(patience: 30 * second, rate: 100)
        #expect(pace.wait(at: 0) == 30 * second)
        #expect(pace.wait(at: 10 * second) == 20 * second)
        #expect(pace.wait(at: 40 * second) == 0)
    }

    @Test func bytesGainTimeUpToThePatience() {
        var pace = BodyPace(patience: 30 * second, rate: 100)
        _ = pace.wait(at: 0)
        pace.received(500, at: 20 * second)
        #expect(pace.wait(at: 20 * second) == 15 * second)
        pace.received(1_000_000, at: 21 * second)
        #expect(pace.wait(at: 21 * second) == 30 * second)
        pace.received(.max, at: 22 * second)
        #expect(pace.wait(at: 22 * second) == 30 * second)
    }

    /// A byte now and then is not enough, however often it comes.
    @Test func drippingEnds() {
        var pace = BodyPace(patience: 30 * second, rate: 256)
        var now: Int64 = 0
        while now < 3600 * second, pace.wait(at: now) >= second {
            now += second
            pace.received(1, at: now)
        }
        #expect(now == 30 * second)
    }

    @Test func theLeastRateIsEnough() {
        var pace = BodyPace(patience: 30 * second, rate: 256)
        for now in 1...3600 {
            #expect(pace.wait(at: Int64(now - 1) * second) > 0)
            pace.received(257, at: Int64(now) * second)
        }
    }

    /// What is stuck further on is not the client's fault.
    @Test func timeInWhichNothingIsOwedDoesNotCount() {
        var pace = BodyPace(patience: 30 * second, rate: 100)
        #expect(pace.wait(at: 0) == 30 * second)
        pace.rest(at: 10 * second)
        #expect(pace.wait(at: 1000 * second) == 20 * second)
    }

    @Test func withoutARateEachPauseCountsAlone() {
        var pace = BodyPace(patience: 30 * second, rate: 0)
        for round in 0..<100 {
            #expect(pace.wait(at: Int64(round) * 29 * second) == 30 * second)
            pace.received(1, at: Int64(round + 1) * 29 * second)
        }
    }

    @Test func clocksThatMakeNoSense() {
        var pace = BodyPace(patience: .max, rate: .max)
        #expect(pace.wait(at: .max) == .max)
        pace.received(.max, at: .min)
        #expect(pace.wait(at: .min) > 0)
        var none = BodyPace(patience: 0, rate: 1)
        #expect(none.wait(at: 0) == 0)
    }
}

/// The same on a connection.
@Suite(.serialized) struct SlowBodyTests {
    private static func options(rate: Int, pause: Int64 = 1_500_000_000) -> ProxyBench.Options {
        ProxyBench.Options(adjust: { settings in
            settings.timeouts.bodyIdle = pause
            settings.timeouts.minimumBodyRate = rate
        })
    }

    /// Never silent for long, and yet ended; the upstream's connection is free again.
    @Test(arguments: [["Content-Length: 1000"], ["Transfer-Encoding: chunked"]])
    func aBodyThatDripsIsEnded(_ framing: [String]) async throws {
        try await withProxy(Self.options(rate: 1000, pause: 400_000_000), upstream: obliging) { bench, upstream in
            let client = try bench.connect()
            try client.send(bench.request("POST /v3/things HTTP/1.1", framing))
            let isChunked = framing[0].hasPrefix("T")
            var drops = 0
            while !client.hasNews(within: 40), drops < 250 {
                try client.send(isChunked ? "1\r\nx\r\n" : "x")
                drops += 1
            }
            let answer = try client.readAnswer()
            #expect(answer.status == 408 && answer.head["cartouche-error"] == "body-timeout")
            #expect(drops >= 2 && drops < 100)
            #expect(eventually { openSockets(onPort: upstream.port) == 1 })
        }
    }

    /// It takes longer than a pause may, and is fast enough.
    @Test func aSteadyBodyIsTaken() async throws {
        try await withProxy(Self.options(rate: 1000), upstream: obliging) { bench, _ in
            let client = try bench.connect()
            try client.send(bench.request("POST /v3/things HTTP/1.1", ["Content-Length: 10000"]))
            for _ in 0..<50 {
                #expect(!client.hasNews(within: 40))
                try client.send(String(repeating: "x", count: 200))
            }
            #expect(try client.readAnswer().text.hasSuffix("|10000"))
        }
    }

    /// `min_body_rate: 0`.
    @Test func itMayDripWhereNoRateIsSet() async throws {
        try await withProxy(Self.options(rate: 0), upstream: obliging) { bench, _ in
            let client = try bench.connect()
            try client.send(bench.request("POST /v3/things HTTP/1.1", ["Content-Length: 50"]))
            for _ in 0..<50 {
                #expect(!client.hasNews(within: 40))
                try client.send("x")
            }
            #expect(try client.readAnswer().text.hasSuffix("|50"))
        }
    }
}
