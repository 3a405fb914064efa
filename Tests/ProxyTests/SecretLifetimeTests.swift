import Credentials
import Secrets
import TestSupport
import Testing
import Transport

@testable import Proxy

/// A secret that has been replaced is wiped once nothing can need it: it is in no configuration, on no loop.
@Suite(.serialized) struct SecretLifetimeTests {
    /// Made here, so that nobody but the proxy holds them.
    private final class Watched: @unchecked Sendable {
        weak var secret: Secret?

        func make(_ text: String) -> Secret {
            let made = Secret(text)
            secret = made
            return made
        }
    }

    private static func start(upstream: UInt16, with credential: () throws -> ProxySettings.Credential) async throws
        -> ProxyBench
    {
        let credential = try credential()
        return try await ProxyBench.start(
            upstream: upstream, ProxyBench.Options(credentials: [credential], kind: credential.kind), loops: 2)
    }

    /// The one before the present one is still looked for in answers.
    @Test func aTokenIsLetGoWhenTwoHaveFollowedIt() async throws {
        let upstream = try ScriptedServer(obliging)
        let watched = Watched()
        let bench = try await Self.start(upstream: upstream.port) {
            .fixed(try StaticToken(watched.make("token-1.0123456789abcdef"), kind: .apiAccessToken))
        }
        #expect(watched.secret != nil)
        for number in 2...3 {
            let token = try StaticToken(Secret("token-\(number).0123456789abcdef"), kind: .apiAccessToken)
            await bench.server.replace(credential: 0, of: 1, by: .token(token))
        }
        #expect(eventually { watched.secret == nil })
        upstream.stop()
        await bench.server.stop()
    }

    @Test func aClientSecretIsLetGoWhenTwoHaveBroughtTokens() async throws {
        let authorization = try ScriptedServer { peer, _ in
            while let request = try? peer.readHead() {
                let form = String(decoding: try peer.readBody(of: request), as: UTF8.self)
                let token = "token-for-\(form.suffix(1)).0123456789abcdef"
                let text = #"{"access_token":"\#(token)","token_type":"Bearer","expires_in":3600}"#
                try peer.send("HTTP/1.1 200 OK\r\nContent-Length: \(text.utf8.count)\r\n\r\n\(text)")
            }
        }
        let upstream = try ScriptedServer(obliging)
        let watched = Watched()
        let bench = try await Self.start(upstream: upstream.port) {
            let secret = watched.make("a client secret, number 1")
            guard case .client(let name, let client, _, let endpoint) = try client(secret: "", port: authorization.port)
            else { throw Unexpected() }
            return .client(name: name, client, secret: secret, endpoint: endpoint)
        }
        #expect(watched.secret != nil)
        #expect(try await Self.reaches(1, bench))
        for number: UInt64 in 2...3 {
            await bench.server.replace(
                credential: 0, of: 1, by: .clientSecret(Secret("a client secret, number \(number)")))
            #expect(try await Self.reaches(number, bench))
        }
        #expect(eventually { watched.secret == nil })
        authorization.stop()
        upstream.stop()
        await bench.server.stop()
    }

    private struct Unexpected: Error {}

    /// Waits until that many tokens have been had.
    private static func reaches(_ generation: UInt64, _ bench: ProxyBench) async throws -> Bool {
        for _ in 0..<2_000 {
            if case .fetched(let status)? = await bench.server.credentialStatuses().first?.standing,
                status.generation == generation
            {
                return true
            }
            try await Task.sleep(for: .milliseconds(10))
        }
        return false
    }
}
