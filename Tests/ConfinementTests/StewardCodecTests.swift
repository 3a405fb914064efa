import Testing
import TestSupport

@testable import Confinement

@Suite("What passes between the process and its steward")
struct StewardCodecTests {
    static let requests: [StewardRequest] = [
        .learn, .open(path: "/etc/cartouche/é"), .run(arguments: ["/bin/sh", "-c", "echo a", ""]),
        .listen(address: "unix:/run/x"), .run(arguments: [String](repeating: "x", count: 64)),
    ]

    @Test("A request is what it was", arguments: requests)
    func request(_ request: StewardRequest) throws {
        #expect(StewardRequest(decoding: try #require(request.encoded)) == request)
    }

    static let answers: [StewardAnswer] = [
        .done([]), .done([0, 1, 255]), .notNamed, .failed(13), .failed(-1), .noOutput(reason: .notStarted(2)),
        .noOutput(reason: .timedOut), .noOutput(reason: .outputTooLong), .noOutput(reason: .exited(255)),
        .noOutput(reason: .killed(9)), .noOutput(reason: .unreadable(5)),
    ]

    @Test("An answer is what it was", arguments: answers)
    func answer(_ answer: StewardAnswer) throws {
        #expect(StewardAnswer(decoding: try #require(answer.encoded)) == answer)
    }

    @Test("What is no request is none", arguments: [
        [], [0], [5], [255], [1, 0, 0], [2], [2, 0], [2, 0, 1], [2, 0, 1, 0], [2, 0, 1, 0xFF], [2, 0, 1, 0x61, 0],
        [2, 0, 1, 0x61, 0, 1, 0x62], [3], [4, 0, 0, 0],
    ] as [[UInt8]])
    func noRequest(_ bytes: [UInt8]) { #expect(StewardRequest(decoding: bytes) == nil) }

    @Test("What is no answer is none", arguments: [
        [], [0, 0, 0, 0], [0, 0, 0, 0, 1], [1, 0, 0, 0, 0, 1], [9, 0, 0, 0, 0], [255, 0, 0, 0, 0],
    ] as [[UInt8]])
    func noAnswer(_ bytes: [UInt8]) { #expect(StewardAnswer(decoding: bytes) == nil) }

    @Test("What is too long is not sent")
    func limits() {
        let long = String(repeating: "x", count: 60_000)
        #expect(StewardRequest.open(path: long + long).encoded == nil)
        #expect(StewardRequest.run(arguments: [long, long]).encoded == nil)
        #expect(StewardRequest.run(arguments: [String](repeating: "", count: 65)).encoded == nil)
        #expect(StewardAnswer.done([UInt8](repeating: 0, count: 64 << 10)).encoded == nil)
    }

    @Test("Any bytes are a request that is encoded as they are, or none")
    func anyBytes() {
        var random = SplitMix64(seed: 20)
        for _ in 0..<20_000 {
            let count = Int(random.next() % 12)
            // Small numbers, so that kinds and lengths often fit.
            let bytes = (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next() % 5) }
            if let request = StewardRequest(decoding: bytes) { #expect(request.encoded == bytes) }
            if let answer = StewardAnswer(decoding: bytes) {
                #expect(answer.encoded == bytes || bytes[0] != 2 && bytes[0] != 3)
            }
        }
    }
}
