import Foundation
import Sandbox
import TestSupport
import Testing
import Transport

/// The server on real sockets, without TLS.
@Suite struct ServerHostTests {
    private let listener: Listener
    private let host: ServiceHost

    init() async throws {
        (listener, host) = try await Self.start()
    }

    private static func start(
        connectionLimit: Int = 100, _ adjust: (inout SandboxTimeouts) -> Void = { _ in }
    ) async throws -> (Listener, ServiceHost) {
        Signals.ignoreBrokenPipes()
        var timeouts = SandboxTimeouts()
        adjust(&timeouts)
        let listener = try Listener(bindingTo: .ipv4(0x7F00_0001, port: 0))
        let host = try ServiceHost(tls: nil, timeouts: timeouts, connectionLimit: connectionLimit)
        try await host.serve(ServerTestService(), on: listener)
        return (listener, host)
    }

    private func connect() throws -> ServerTestClient { try ServerTestClient(listener.address) }

    @Test func aConnectionServesManyRequests() throws {
        let client = try connect()
        for number in 0..<50 {
            let answer = try client.get("/a?\(number)")
            #expect(answer.status == 200)
            #expect(answer.text == "GET /a?\(number)")
            #expect(answer.fields["Server"] == "Cartouche-Sandbox")
            #expect(answer.fields["Date"]?.hasSuffix(" GMT") == true)
            #expect(answer.fields["Connection"] == nil)
        }
    }

    @Test func pipelinedRequestsAreAnsweredInOrder() throws {
        let client = try connect()
        var text = ""
        for number in 0..<200 {
            text += number % 50 == 7 ? "GET /events HTTP/1.1\r\nHost: a\r\n\r\n" : ""
            text += "GET /\(number) HTTP/1.1\r\nHost: a\r\n\r\n"
        }
        client.send(text)
        for number in 0..<200 {
            if number % 50 == 7 { #expect(try client.answer().text.hasPrefix("data: 0\n\ndata: 1\n\n")) }
            #expect(try client.answer().text == "GET /\(number)?")
        }
    }

    @Test func contentArrivesWhateverItsFraming() throws {
        let client = try connect()
        client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello")
        #expect(try client.answer().text == "hello")
        client.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n")
        #expect(try client.answer().text == "hello")
        client.send("POST /count HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n")
        client.send([UInt8](repeating: 1, count: 3_000_000))
        #expect(try client.answer().text == "3000000")
    }

    @Test func whoWaitsIsToldToContinue() throws {
        let client = try connect()
        client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
        #expect(try client.answer().status == 100)
        client.send("ok")
        #expect(try client.answer().text == "ok")
    }

    @Test func headHasNoContent() throws {
        let client = try connect()
        client.send("HEAD /large?1000 HTTP/1.1\r\nHost: a\r\n\r\nGET /x HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try client.answer(to: .head).fields["Content-Length"] == "1000000")
        #expect(try client.answer().text == "GET /x?")
        #expect(try client.get("/empty").fields["Content-Length"] == nil)
    }

    @Test func eventsComeOneByOne() throws {
        let client = try connect()
        let start = ContinuousClock.now
        client.send("GET /slow-events HTTP/1.1\r\nHost: a\r\n\r\n")
        // The first part is there long before the last can be.
        let first = String(decoding: client.receive() ?? [], as: UTF8.self)
        #expect(first.contains("data: 0\n\n"))
        #expect(!first.contains("data: 4\n\n"))
        client.send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n")
        var all = first
        while !all.contains("GET /x?"), let more = client.receive(), !more.isEmpty {
            all += String(decoding: more, as: UTF8.self)
        }
        #expect(all.contains("data: 4\n\n\r\n0\r\n\r\nHTTP/1.1 200 OK"))
        #expect(ContinuousClock.now - start >= .milliseconds(1_000))
    }

    @Test func anOldClientGetsEventsUpToTheEnd() throws {
        let client = try connect()
        client.send("GET /events HTTP/1.0\r\n\r\n")
        let text = String(decoding: try #require(client.rest()), as: UTF8.self)
        #expect(text.hasSuffix("\r\n\r\ndata: 0\n\ndata: 1\n\ndata: 2\n\ndata: 3\n\ndata: 4\n\n"))
    }

    @Test func largeAnswersWaitForTheirReader() throws {
        let client = try connect()
        // Asked for and not read: it must neither fill memory nor hold up others.
        client.send("GET /large?1000000 HTTP/1.1\r\nHost: a\r\n\r\n")
        let other = try connect()
        #expect(try other.get("/large?20000").content.count == 20_000_000)
        #expect(try other.get("/bytes").content.count == 3_000_000)
        client.send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n")
        var count = 0
        while count < 50_000_000, let bytes = client.receive(), !bytes.isEmpty { count += bytes.count }
        #expect(count >= 50_000_000)
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\r\n\r\n", 400), ("GET /\u{0} HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ("nonsense\r\n\r\n", 400), ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        ("GET /" + String(repeating: "a", count: 40_000) + " HTTP/1.1\r\nHost: a\r\n\r\n", 414),
    ])
    func malformedRequestsAreRefused(text: String, status: Int) throws {
        let client = try connect()
        client.send(text)
        let answer = try client.answer()
        #expect(answer.status == status)
        #expect(answer.fields["Connection"] == "close")
        // The rest is not taken for a request.
        client.send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n")
        client.finishSending()
        #expect(client.rest() == [])
    }

    @Test func connectionsCloseWhenAsked() async throws {
        // The server says at once that it is done, however long it waits for the client to say so.
        let (listener, host) = try await Self.start { $0.linger = 60_000_000_000 }
        let client = try ServerTestClient(listener.address)
        client.send("GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nGET /y HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try client.answer().fields["Connection"] == "close")
        #expect(client.rest() == [])
        await host.stop()
    }

    /// A client may end its direction with its last request and still wants the answer.
    @Test func halfClosedClientsAreAnswered() throws {
        let client = try connect()
        client.send("GET /events HTTP/1.1\r\nHost: a\r\n\r\nGET /x HTTP/1.1\r\nHost: a\r\n\r\n")
        client.finishSending()
        let text = String(decoding: try #require(client.rest()), as: UTF8.self)
        #expect(text.contains("data: 4"))
        #expect(text.hasSuffix("GET /x?"))
    }

    @Test func clientsThatLeaveDisturbNobody() throws {
        for number in 0..<50 {
            let client = try connect()
            client.send(number % 2 == 0 ? "GET /large?100000 HTTP/1.1\r\nHost: a\r\n\r\n" : "POST / HTTP/1.1\r\nHo")
        }
        #expect(try connect().get("/x").text == "GET /x?")
    }

    @Test func whoIsSilentIsClosed() async throws {
        let (listener, host) = try await Self.start { timeouts in
            // Long enough for a client on a busy machine to ask its question.
            timeouts.idle = 500_000_000
            timeouts.head = 30_000_000
            timeouts.content = 30_000_000
            timeouts.linger = 30_000_000
        }
        let silent = try ServerTestClient(listener.address)
        #expect(silent.rest() == [])
        let used = try ServerTestClient(listener.address)
        #expect(try used.get("/x").text == "GET /x?")
        #expect(used.rest() == [])
        for part in ["GET /x HT", "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab"] {
            let slow = try ServerTestClient(listener.address)
            slow.send(part)
            #expect(try slow.answer().status == 408)
            #expect(slow.rest() == [])
        }
        await host.stop()
    }

    @Test func whoTakesNothingIsCut() async throws {
        let (listener, host) = try await Self.start { $0.stall = 30_000_000 }
        let client = try ServerTestClient(listener.address)
        client.send("GET /large?1000000 HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(client.isBroken())
        // What the kernel still holds may come, but not the whole, and no clean end.
        #expect(client.rest() == nil)
        #expect(try ServerTestClient(listener.address).get("/x").status == 200)
        await host.stop()
    }

    @Test func connectionsBeyondTheLimitWait() async throws {
        let (listener, host) = try await Self.start(connectionLimit: 2)
        var clients = [try ServerTestClient(listener.address), try ServerTestClient(listener.address)]
        for client in clients { #expect(try client.get("/x").status == 200) }
        let third = try ServerTestClient(listener.address)
        third.send("GET /third HTTP/1.1\r\nHost: a\r\n\r\n")
        for client in clients { #expect(try client.get("/x").status == 200) }
        clients.removeLast()
        #expect(try third.answer().text == "GET /third?")
        await host.stop()
    }

    @Test func stoppingEndsEverything() async throws {
        var (listener, host): (Listener?, ServiceHost) = try await Self.start()
        let address = try #require(listener).address
        listener = nil
        let idle = try ServerTestClient(address)
        #expect(try idle.get("/x").status == 200)
        let busy = try ServerTestClient(address)
        busy.send("GET /large?1000000 HTTP/1.1\r\nHost: a\r\n\r\n")
        _ = busy.receive()
        await host.stop()
        await host.stop()
        #expect(idle.rest() == [])
        #expect(busy.rest() == nil)
        #expect(throws: ServerTestClient.Failure.notConnected) { try ServerTestClient(address) }
    }

    /// Noise of any kind ends connections, never the server.
    @Test func noiseIsSurvived() throws {
        var random = SplitMix64(seed: 3)
        let valid = Array("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello".utf8)
        for _ in 0..<100 {
            let client = try connect()
            var bytes = valid + valid
            for _ in 0..<3 {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            client.send(bytes)
            client.finishSending()
            #expect(client.rest() != nil)
        }
        #expect(try connect().get("/x").text == "GET /x?")
    }
}
