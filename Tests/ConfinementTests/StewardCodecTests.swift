import Testing
import TestSupport

@testable import Confinement

@Suite("What passes between the process and its steward")
struct StewardCodecTests {
    static let requests: [StewardRequest] = [
        .learn, .open(path: "/etc/cartouche/é"), .run(arguments: ["/bin/sh", "-c", "echo a", ""]), .seal,
        .listen(StewardName.Listener(address: "unix:/run/x", mode: 0o660, owner: nil, group: 7)),
        .run(arguments: [String](repeating: "x", count: 64)), .name(.file(path: "/a")), .name(.keys(path: "/b")),
        .name(.log(path: "/c")), .name(.command(arguments: ["a", ""])), .name(.port(65_535)),
        .name(.listener(StewardName.Listener(address: "[::1]:80", mode: 0o600, owner: 0, group: nil))),
        .openKeys(path: "/k"), .openLog(path: "/l"), .connect(address: "::1", port: 443), .hand(name: "own/x"),
        .succeed, .endSuccessor(isForced: true), .endSuccessor(isForced: false),
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
        [], [0], [13], [255], [3, 0, 0], [4], [4, 0], [4, 0, 1], [4, 0, 1, 0], [4, 0, 1, 0xFF], [4, 0, 1, 0x61, 0],
        [4, 0, 1, 0x61, 0, 1, 0x62], [7], [8, 0, 0, 0], [1], [1, 0, 0], [1, 0, 4, 0x70, 0x6F, 0x72, 0x74],
        // A port with a sign, and one with a zero before it.
        [1, 0, 4, 0x70, 0x6F, 0x72, 0x74, 0, 2, 0x2B, 0x31], [1, 0, 4, 0x70, 0x6F, 0x72, 0x74, 0, 2, 0x30, 0x31],
        [12, 0, 1, 0x61],
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
        #expect(StewardRequest.run(arguments: [String](repeating: "", count: 1025)).encoded == nil)
        #expect(StewardAnswer.done([UInt8](repeating: 0, count: 64 << 10)).encoded == nil)
    }

    @Test("A steward believes nobody once its master has met strangers, and forgets nothing that is in force")
    func register() {
        var register = StewardRegister()
        let isTold = register.tell(.file(path: "/a"))
        #expect(isTold)
        #expect(!register.knows(.file(path: "/a")))
        register.seal()
        #expect(register.knows(.file(path: "/a")))
        #expect(!register.knows(.log(path: "/a")) && !register.knows(.file(path: "/A")))
        let shadow = register.tell(.file(path: "/etc/shadow"))
        #expect(!shadow && !register.knows(.file(path: "/etc/shadow")))
        let isLearnt = register.learn([.port(1)])
        #expect(isLearnt && register.knows(.file(path: "/a")) && register.knows(.port(1)))
        let isTooMuch = register.learn((0...StewardRegister.limit).map { .file(path: "/\($0)") })
        #expect(!isTooMuch && !register.knows(.file(path: "/1")))
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

    /// Cut, longer, or with another byte at any place.
    @Test("A damaged request is another one in its one form, or none", arguments: requests)
    func damaged(_ request: StewardRequest) throws {
        let whole = try #require(request.encoded)
        func check(_ bytes: [UInt8]) {
            if let found = StewardRequest(decoding: bytes) { #expect(found.encoded == bytes && found != request) }
        }
        for count in whole.indices { check(Array(whole[..<count])) }
        var random = SplitMix64(seed: 21)
        for place in whole.indices {
            for value in [0, 1, 2, 0x7F, 0xFF, UInt8(truncatingIfNeeded: random.next())] where value != whole[place] {
                var bytes = whole
                bytes[place] = value
                check(bytes)
                bytes.insert(whole[place], at: place)
                check(bytes)
            }
        }
        #expect(StewardRequest(decoding: whole + [0]) == nil)
        #expect(StewardRequest(decoding: whole + [UInt8](repeating: 0, count: StewardRequest.limit)) == nil)
    }
}
