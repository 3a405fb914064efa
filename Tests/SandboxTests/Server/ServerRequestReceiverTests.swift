import Sandbox
import TestSupport
import Testing
import Wire

@Suite struct ServerRequestReceiverTests {
    private func receive(_ text: String, cuts: [Int] = []) throws -> (requests: [ReceivedRequest], asked: Int) {
        try receive(Array(text.utf8), cuts: cuts)
    }

    /// Hands the bytes over in pieces cut at those places.
    private func receive(_ bytes: [UInt8], cuts: [Int]) throws -> (requests: [ReceivedRequest], asked: Int) {
        var receiver = RequestReceiver()
        var requests: [ReceivedRequest] = []
        var asked = 0
        var start = 0
        for end in cuts + [bytes.count] {
            let piece = Array(bytes[start..<end])
            start = end
            var offset = 0
            while offset < piece.count {
                switch try receiver.next(piece.span, from: &offset) {
                case .needsMore: #expect(offset == piece.count)
                case .contentAwaited: asked += 1
                case .request(let request): requests.append(request)
                }
            }
        }
        return (requests, asked)
    }

    private static let stream =
        "GET /v3/x?q=a%20b HTTP/1.1\r\nHost: localhost:1\r\nX-A: 1\r\n\r\n"
        + "POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n"
        + "3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\nX-T: 1\r\n\r\n"
        + "PUT http://a:1/d?e HTTP/1.1\r\nHost: a:1\r\nContent-Length: 5\r\n\r\nhello"
        + "HEAD / HTTP/1.0\r\nConnection: keep-alive\r\n\r\nOPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"

    @Test func readsOneRequestAfterAnother() throws {
        let requests = try receive(Self.stream).requests
        #expect(requests.map(\.request.method) == ["GET", "POST", "PUT", "HEAD", "OPTIONS"])
        #expect(requests.map(\.request.path) == ["/v3/x", "/c", "/d", "/", "*"])
        #expect(requests.map(\.request.query) == ["q=a%20b", "", "e", "", ""])
        #expect(requests.map { String(decoding: $0.request.body, as: UTF8.self) } == ["", "abcdefg", "hello", "", ""])
        #expect(requests.map(\.request.receivedBytes) == [0, 7, 5, 0, 0])
        #expect(requests.map(\.keepsConnection) == [true, true, true, true, false])
        #expect(requests.map(\.isHead) == [false, false, false, true, false])
        #expect(requests.map(\.isHTTP10) == [false, false, false, true, false])
        #expect(requests.first?.request.first("x-a") == "1")
    }

    @Test func cutsChangeNothing() throws {
        let bytes = Array(Self.stream.utf8)
        let whole = try receive(bytes, cuts: []).requests.map(\.request)
        for cut in 1..<bytes.count {
            #expect(same(try receive(bytes, cuts: [cut]).requests.map(\.request), whole))
        }
        #expect(same(try receive(bytes, cuts: Array(1..<bytes.count)).requests.map(\.request), whole))
        var random = SplitMix64(seed: 7)
        for _ in 0..<200 {
            let cuts = (0..<5).map { _ in Int.random(in: 0...bytes.count, using: &random) }.sorted()
            #expect(same(try receive(bytes, cuts: cuts).requests.map(\.request), whole))
        }
    }

    private func same(_ one: [SandboxRequest], _ other: [SandboxRequest]) -> Bool {
        one.elementsEqual(other) {
            $0.method == $1.method && $0.path == $1.path && $0.query == $1.query && $0.body == $1.body
                && $0.fields.elementsEqual($1.fields) { $0 == $1 }
        }
    }

    @Test func whoWaitsIsAskedForContent() throws {
        let head = "POST /c HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-Continue\r\n\r\n"
        #expect(try receive(head).asked == 1)
        #expect(try receive(head + "abc").asked == 0)
        #expect(try receive(head + "abc", cuts: [head.utf8.count]).asked == 1)
        // HTTP/1.0 clients do not know the answer, and without content nothing is waited for.
        #expect(try receive(head.replacing("HTTP/1.1", with: "HTTP/1.0")).asked == 0)
        #expect(try receive(head.replacing("Length: 3", with: "Length: 0")).asked == 0)
    }

    @Test func muchContentIsCounted() throws {
        let size = RequestReceiver.keptContent + 5
        let head = Array("POST /c HTTP/1.1\r\nHost: a\r\nContent-Length: \(size)\r\n\r\n".utf8)
        let content = [UInt8](repeating: 0x61, count: size)
        let cuts = Array(stride(from: 10_000, to: size, by: 100_000))
        let request = try #require(try receive(head + content, cuts: cuts).requests.first).request
        #expect(request.body.count == RequestReceiver.keptContent)
        #expect(request.receivedBytes == Int64(size))
    }

    /// Whatever comes is a request, an error, or not complete; nothing traps.
    @Test func garbageIsRefused() {
        var random = SplitMix64(seed: 99)
        let stream = Array(Self.stream.utf8)
        var refused = 0
        for _ in 0..<2_000 {
            var bytes = stream
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            if (try? receive(bytes, cuts: [Int.random(in: 0...bytes.count, using: &random)])) == nil { refused += 1 }
        }
        #expect(refused > 500)
    }
}
