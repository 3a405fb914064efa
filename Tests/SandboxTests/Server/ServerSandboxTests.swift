import Foundation
import Sandbox
import Secrets
import Testing
import Transport

/// The whole sandbox over TLS, asked by clients that are not ours.
@Suite struct ServerSandboxTests {
    private let sandbox: RunningSandbox

    init() async throws {
        Signals.ignoreBrokenPipes()
        var settings = SandboxSettings()
        settings.jobDuration = 0
        settings.gzip = Gzip.compress
        let identity = SandboxIdentity(
            clientID: "the-client", clientSecret: Secret("the-secret"), apiAccessToken: Secret("the.api.token"))
        sandbox = try await SandboxServer.start(identity: identity, settings: settings)
    }

    private func curl(_ arguments: [String]) throws -> (status: Int32, output: String)? {
        guard let curl = ServerTool("curl") else { return nil }
        let ca = try curl.file("ca.pem", sandbox.certificateAuthority)
        return try curl.run(["--silent", "--show-error", "--max-time", "20", "--cacert", ca] + arguments)
    }

    private static let token = ["-H", "Authorization: Bearer the.api.token"]

    private func oauthToken() throws -> String? {
        let form = ["client_id=the-client", "client_secret=the-secret", "grant_type=client_credentials",
            "audience=carto-cloud-native-api"]
        guard let answer = try curl(form.flatMap { ["-d", $0] } + ["\(sandbox.urls.auth)/oauth/token"]) else { return nil }
        #expect(answer.status == 0, "\(answer.output)")
        return try JSONReader.read(Array(answer.output.utf8))["access_token"]?.asText
    }

    @Test func urlsAreDistinctAndLocal() {
        let urls = sandbox.urls
        let all = [urls.api, urls.auth, urls.accounts, urls.ai, urls.storage]
        #expect(Set(all).count == 5)
        #expect(all.allSatisfy { $0.hasPrefix("https://localhost:") })
        #expect(sandbox.state.settings.storageBaseURL == urls.storage)
    }

    @Test func everyServiceAnswersOverTLS() throws {
        guard let token = try oauthToken() else { return }
        let bearer = ["-H", "Authorization: Bearer \(token)"]
        let targets = [
            "\(sandbox.urls.api)/v3/sql/carto_dw/query?q=SELECT%201", "\(sandbox.urls.accounts)/users/me",
            "\(sandbox.urls.ai)/v1/models",
        ]
        for target in targets {
            let answer = try #require(try curl(bearer + ["-w", "|%{http_code}", target]))
            #expect(answer.output.hasSuffix("|200"), "\(answer.output)")
        }
        let refused = try #require(try curl(["-w", "|%{http_code}", "\(sandbox.urls.storage)/exports/x.csv"]))
        #expect(refused.output.hasSuffix("|403"))
        #expect(sandbox.state.tokensIssued == 1)
    }

    /// An export's URL leads to the sandbox's own storage.
    @Test func exportsAreFetchedFromStorage() throws {
        let body = #"{"connection":"carto_dw","query":"SELECT 1 AS one"}"#
        guard let started = try curl(
            Self.token + ["-H", "Content-Type: application/json", "-d", body, "\(sandbox.urls.api)/v3/exports"])
        else { return }
        let document = try JSONReader.read(Array(started.output.utf8))
        let id = try #require(document["id"]?.asText)
        let job = try #require(try curl(Self.token + ["\(sandbox.urls.api)/v3/exports/\(id)"]))
        let finished = try JSONReader.read(Array(job.output.utf8))
        let url = try #require(finished["result"]?["downloadUrl"]?.asText)
        let file = try #require(try curl([url]))
        #expect(file.output.hasPrefix("one\n") || file.output.hasPrefix("one\r\n"), "\(file.output)")
    }

    @Test func oneConnectionIsUsedAgain() throws {
        let target = "\(sandbox.urls.api)/v3/sql/carto_dw/query?q=SELECT%201"
        guard let answer = try curl(Self.token + ["-w", "|%{num_connects}|", target, target, target]) else { return }
        #expect(answer.output.components(separatedBy: "|1|").count == 2)
        #expect(answer.output.components(separatedBy: "|0|").count == 3)
    }

    @Test func compressedAnswersAreUnderstood() throws {
        let query = "q=SELECT%20*%20FROM%20airports"
        let target = "\(sandbox.urls.api)/v3/sql/carto_dw/query?\(query)"
        guard let plain = try curl(Self.token + [target]) else { return }
        let packed = try #require(try curl(Self.token + ["--compressed", "-w", "%{stderr}|%{size_download}", target]))
        #expect(packed.output.contains(plain.output), "\(packed.output.prefix(300))")
        let size = packed.output.split(separator: "|").last.flatMap { Int($0) } ?? .max
        #expect(size < plain.output.utf8.count)
    }

    @Test func contentIsUploadedInChunks() throws {
        guard let curl = ServerTool("curl") else { return }
        let ca = try curl.file("ca.pem", sandbox.certificateAuthority)
        let file = try curl.file("data.csv", [UInt8](repeating: 0x31, count: 5_000_000))
        let common = ["-sS", "--max-time", "20", "--cacert", ca] + Self.token + ["-H", "Content-Type: text/csv"]
        for framing in [["-H", "Transfer-Encoding: chunked"], ["-H", "Expect: 100-continue"]] {
            let answer = try curl.run(
                common + framing + ["-X", "POST", "-T", file, "\(sandbox.urls.api)/v3/imports"])
            #expect(answer.output.contains(#""receivedBytes":5000000"#), "\(answer.output)")
        }
    }

    @Test func headIsAnswered() throws {
        let target = "\(sandbox.urls.api)/v3/sql/carto_dw/query?q=SELECT%201"
        guard let answer = try curl(Self.token + ["--head", target]) else { return }
        #expect(answer.status == 0)
        #expect(answer.output.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(answer.output.contains("\r\nContent-Length: "))
    }

    @Test func eventsAreStreamed() throws {
        guard let token = try oauthToken() else { return }
        let body = #"{"stream":true,"messages":[{"role":"user","content":"one two three"}]}"#
        let answer = try #require(
            try curl(["-N", "-H", "Authorization: Bearer \(token)", "-d", body, "-H", "Content-Type: application/json",
                "\(sandbox.urls.ai)/v1/chat/completions"]))
        #expect(answer.output.hasSuffix("data: [DONE]\n\n"), "\(answer.output)")
        #expect(answer.output.components(separatedBy: "data: ").count == 6)
    }

    @Test func strangersAreNotTrusted() async throws {
        guard let curl = ServerTool("curl") else { return }
        let other = try await SandboxServer.start(identity: .random())
        let ca = try curl.file("ca.pem", other.certificateAuthority)
        let answer = try curl.run(["-sS", "--max-time", "20", "--cacert", ca, sandbox.urls.api])
        // curl(1): the peer's certificate cannot be authenticated.
        #expect(answer.status == 60, "\(answer.output)")
        await other.stop()
    }

    @Test func addressesAreCertifiedToo() throws {
        let port = sandbox.urls.api.split(separator: ":").last ?? ""
        guard let answer = try curl(Self.token + ["-o", "/dev/null", "-w", "%{http_code}",
            "https://127.0.0.1:\(port)/v3/sql/carto_dw/query?q=SELECT%201"])
        else { return }
        #expect(answer.output == "200")
    }

    @Test func tlsRequestsArePipelined() throws {
        guard let openssl = ServerTool("openssl") else { return }
        let ca = try openssl.file("ca.pem", sandbox.certificateAuthority)
        let address = String(sandbox.urls.ai.dropFirst("https://".count))
        let requests = (0..<20).map { "GET /\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined()
        let last = "GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        let answer = try openssl.run(
            ["s_client", "-quiet", "-verify_return_error", "-connect", address, "-servername", "localhost",
                "-verify_hostname", "localhost", "-CAfile", ca], input: requests + last)
        #expect(answer.output.components(separatedBy: "HTTP/1.1 ").count == 22, "\(answer.output.prefix(500))")
    }

    @Test func aSecondConnectionResumesItsSession() throws {
        guard let openssl = ServerTool("openssl") else { return }
        let ca = try openssl.file("ca.pem", sandbox.certificateAuthority)
        let address = String(sandbox.urls.ai.dropFirst("https://".count))
        let common = ["s_client", "-ign_eof", "-connect", address, "-servername", "localhost", "-CAfile", ca]
        let request = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        for version in ["-tls1_2", "-tls1_3"] {
            let first = try openssl.run(common + [version, "-sess_out", "session.pem"], input: request)
            #expect(first.output.contains("New, TLSv1"), "\(first.output)")
            let second = try openssl.run(common + [version, "-sess_in", "session.pem"], input: request)
            #expect(second.output.contains("Reused, TLSv1"), "\(second.output)")
        }
    }

    @Test func oldProtocolsAreRefused() throws {
        guard let openssl = ServerTool("openssl") else { return }
        let address = String(sandbox.urls.ai.dropFirst("https://".count))
        let answer = try openssl.run(["s_client", "-tls1_1", "-cipher", "ALL:@SECLEVEL=0", "-connect", address])
        #expect(answer.status != 0)
    }

    /// A client that does not speak TLS, or stops in the middle of it, is let go.
    @Test func brokenHandshakesAreEnded() throws {
        let port = UInt16(sandbox.urls.ai.split(separator: ":").last ?? "") ?? 0
        for _ in 0..<20 {
            let plain = try ServerTestClient(.ipv4(0x7F00_0001, port: port))
            plain.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            _ = plain.rest()
            let cut = try ServerTestClient(.ipv4(0x7F00_0001, port: port))
            cut.send([0x16, 0x03, 0x01, 0x00])
        }
        guard let answer = try curl(["-w", "|%{http_code}", "\(sandbox.urls.ai)/v1/models"]) else { return }
        #expect(answer.output.hasSuffix("|401"))
    }

    @Test func plainHTTPIsServedWhenAskedFor() async throws {
        let plain = try await SandboxServer.start(identity: .random(), scheme: .http)
        #expect(plain.certificateAuthority.isEmpty)
        let port = UInt16(plain.urls.ai.split(separator: ":").last ?? "") ?? 0
        let client = try ServerTestClient(.ipv4(0x7F00_0001, port: port))
        #expect(try client.get("/v1/models").status == 401)
        await plain.stop()
    }

    @Test func onlyThisMachineIsServed() async throws {
        var listeners = try SandboxListeners.onLoopback()
        listeners.ai = try Listener(bindingTo: .ipv4(0, port: 0))
        await #expect(throws: SandboxServerError.listenerMustBeLoopback) {
            _ = try await SandboxServer.start(identity: .random(), listeners: listeners)
        }
    }
}
