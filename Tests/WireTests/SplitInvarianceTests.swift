import TestSupport
import Testing
import Wire

/// However the bytes of a stream are cut into pieces, the same messages, data, trailers and the same
/// error come out.
@Suite struct SplitInvarianceTests {
    static let requests = [
        "GET /a?b HTTP/1.1\r\nHost: a\r\n\r\nPOST /c HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
        "\r\nPOST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b;c=\"d\\\"e\"\r\nhello\r\n6\r\n world\r\n"
            + "0\r\nX-Sum: 1\r\nVary: *\r\n\r\n\r\nGET / HTTP/1.0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX : y\r\nZ: \u{1}\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nX y: z\r\nA\n\r\n\r\n",
        "GET / HTTP/2.0\r\nHost: a\nb\r\n\r\n", "\r\n\r\nGET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n\rb\r\n\r\n", "\u{16}\u{3}\u{1}", "GET /\r\n\r\n", "GET / HTTP/1.1\rX: y\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nContent-Length: 1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: y\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: y\rz\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1x\r\n\r\n",
    ]

    @Test(arguments: requests)
    func requestsAtEveryCut(_ stream: String) {
        check(bytes(stream), as: .request)
    }

    @Test(arguments: [
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcHTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\n00\r\n\r\n",
        "HTTP/1.0 200 OK\r\n\r\nuntil close",
        "HTTP/1.1 200 OK\nA: b\r\n\r\n", "\r\nHTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n",
        "HTTP/1.1 999 OK\r\n\r\n", "<html>\r\n\r\n", "HTTP/1.1 0\r\n\r\nand more", "HTTP/1.1 \r\n\r\n", "HTTP/1.1\r\n\r\n",
    ])
    func responsesAtEveryCut(_ stream: String) {
        check(bytes(stream), as: .response)
    }

    @Test func limitsAreTheSameAtEveryCut() {
        let limits = HeadLimits(requestLine: 24, head: 64, fields: 3)
        for path in 8...16 {
            for value in 20...48 {
                let stream = bytes(
                    "GET /\(String(repeating: "p", count: path)) HTTP/1.1\r\nHost: a\r\nX: "
                        + "\(String(repeating: "v", count: value))\r\n\r\n")
                check(stream, as: .request, limits: limits)
            }
        }
        check(bytes("GET / HTTP/1.1\r\nA:\r\nB:\r\nC:\r\nD:\r\nE:\r\n\r\n"), as: .request, limits: limits)
        check(bytes("GET / HTTP/1.1\r\nA:\r\nB:\r\nC:\r\nD:\r\nE \r\n\r\n"), as: .request, limits: limits)
        check(
            bytes("GET / HTTP/1.1\r\nA\r\nB:\r\nC:\r\nD:\r\nE:\r\nF:\r\nG:\r\nH:\r\nI:\r\nJ:\r\nK:\r\n"), as: .request,
            limits: limits)
    }

    @Test func mutatedStreamsAtRandomCuts() {
        var random = SplitMix64(seed: 9112)
        let interesting = bytes("\r\n\t :;,\0\u{7F}\"\\0aF-_#%")
        for round in 0..<6_000 {
            var stream = bytes(Self.requests[round % Self.requests.count])
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = Int.random(in: 0..<stream.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: stream[place] = interesting.randomElement(using: &random) ?? 0
                case 1: stream.insert(interesting.randomElement(using: &random) ?? 0, at: place)
                default: if stream.count > 1 { stream.remove(at: place) }
                }
            }
            let whole = MessageReader.read([stream], as: .request)
            let pieces = random.split(stream)
            #expect(MessageReader.read(pieces, as: .request) == whole, "round \(round): \(text(stream))")
        }
    }

    private func check(_ stream: [UInt8], as kind: HeadScanner.Kind, limits: HeadLimits = .standard) {
        let whole = MessageReader.read([stream], as: kind, limits: limits)
        #expect(MessageReader.read(stream.map { [$0] }, as: kind, limits: limits) == whole)
        for cut in 0...stream.count {
            let pieces = [Array(stream[..<cut]), Array(stream[cut...])]
            #expect(MessageReader.read(pieces, as: kind, limits: limits) == whole, "cut at \(cut)")
        }
    }
}
