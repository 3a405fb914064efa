import TestSupport
import Testing

@testable import Proxy

/// A secret in an answer is masked wherever the answer's parts begin, and what only begins like one comes whole.
@Suite struct SplitSecretTests {
    private static let secret = ProxyBench.token
    private static let asterisks = String(repeating: "*", count: secret.utf8.count)

    /// One part of a body follows once the client has what was before it.
    private static func relayed(_ first: String, seen: String, then rest: String) async throws -> String {
        let seenByClient = Recorder<String>()
        let received = Recorder<String>()
        try await withProxy { peer, _ in
            while (try? peer.readHead()) != nil {
                let length = first.utf8.count + rest.utf8.count
                try peer.send("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: \(length)\r\n\r\n" + first)
                seenByClient.wait(for: 1)
                try peer.send(rest)
            }
        } test: { bench, _ in
            let client = try bench.connect()
            try client.send(bench.request("GET /v3/things HTTP/1.1"))
            _ = try client.readHead()
            let before = try client.readText(seen.utf8.count)
            seenByClient.note(before)
            received.note(before + (try client.readText(first.utf8.count + rest.utf8.count - seen.utf8.count)))
        }
        return received.all.joined()
    }

    @Test(arguments: [1, 9, 20, secret.utf8.count - 1])
    func aSecretInTwoPartsIsMasked(place: Int) async throws {
        let body = try await Self.relayed(
            "before " + Self.secret.prefix(place), seen: "before ", then: Self.secret.dropFirst(place) + " after")
        #expect(body == "before \(Self.asterisks) after")
    }

    @Test func aSecretAtTheEndIsMasked() async throws {
        #expect(try await Self.relayed("before", seen: "before", then: " " + Self.secret) == "before " + Self.asterisks)
    }

    @Test func theBeginningOfASecretAtTheEndComesWhole() async throws {
        let beginning = " " + Self.secret.dropLast()
        #expect(try await Self.relayed("before", seen: "before", then: beginning) == "before" + beginning)
    }
}
