import Configuration
import Logging
import Observability
import Proxy
import Sandbox
import Secrets
import Synchronization
import TLS
import Transport

/// A proxy of our own before an upstream of our own that says back whatever it was sent: what a client brings must not
/// get there, and what the proxy adds must not come back.
struct DoctorEcho {
    private let upstream = EchoService()
    private let token = SandboxIdentity.random().apiAccessToken

    private static let place = "a pair of its own"
    private static let brought = "credential-of-a-client-0123456789"

    func findings() async -> [DoctorFinding] {
        do {
            return try await run()
        } catch {
            return [
                DoctorFinding(
                    what: "an upstream that echoes", place: Self.place, outcome: .skipped("it cannot start: \(error)"))
            ]
        }
    }

    private func run() async throws -> [DoctorFinding] {
        let listener = try Listener(bindingTo: .ipv4(0x7F00_0001, port: 0))
        let host = try ServiceHost(tls: nil)
        try await host.serve(upstream, on: listener)
        let prepared = try PreparedProxy(
            try Startup.load(source(listener.address)), authorities: [])
        var settings = prepared.proxy
        // That an echo was masked is what is wanted here.
        settings.logger = Logger(label: "doctor") { _ in SwiftLogNoOpLogHandler() }
        let server = try ProxyServer(settings: settings, listeners: prepared.listeners.placed, loops: 1)
        try await server.start()
        let findings = await examine(prepared.listeners.placed.first?.listener.address)
        await server.stop()
        await host.stop()
        return findings
    }

    private func source(_ address: SocketAddress) -> TextSource {
        var text = Array(
            """
            api_base_url: http://\(address)
            listen: 127.0.0.1:0
            loops: 1
            token_cache: off
            access_log: off
            api_access_token: "
            """.utf8)
        token.withExposedBytes { bytes in for index in bytes.indices { text.append(bytes[index]) } }
        text += Array("\"\n".utf8)
        return TextSource(SettingsLoader(environment: [:]), flags: [:], text: text, fileName: "doctor")
    }

    private func examine(_ address: SocketAddress?) async -> [DoctorFinding] {
        guard let address else { return [] }
        // The calls block: not on a thread that others wait for.
        return await withCheckedContinuation { continuation in
            BlockingWork.queue.async {
                let target = DoctorTarget(address: address, isTLS: false, trust: nil)
                continuation.resume(returning: [
                    upwards(target), downwards(target, isCompressed: false), downwards(target, isCompressed: true),
                ])
            }
        }
    }

    private func ask(_ target: DoctorTarget, _ coding: String) throws(BlockingCall.Failure) -> DoctorAnswer? {
        let brought = Self.brought
        let query = "q=SELECT+1&access_token=\(brought)&api_key=\(brought)&to%6ben=\(brought)"
        return try target.send(
            DoctorAttack.request(
                "GET", "/v3/sql/doctor/query?\(query)", host: target.authority,
                [
                    "Authorization: Bearer \(brought)", "Cookie: session=\(brought)", "X-Api-Key: \(brought)",
                    "Proxy-Authorization: Basic \(brought)", "Accept-Encoding: \(coding)",
                ]))
    }

    private func found(_ what: String, _ outcome: DoctorFinding.Outcome) -> DoctorFinding {
        DoctorFinding(what: what, place: Self.place, outcome: outcome)
    }

    private func upwards(_ target: DoctorTarget) -> DoctorFinding {
        let what = "what a client brings as a credential goes nowhere"
        do throws(BlockingCall.Failure) {
            _ = try ask(target, "identity")
        } catch {
            return found(what, .failed(error.explanation, mend: "report it"))
        }
        guard let seen = upstream.last else {
            return found(what, .failed("the request did not get there", mend: "report it"))
        }
        return found(
            what,
            DoctorSecrets([Secret(Self.brought)]).stand(in: seen)
                ? .failed("the upstream saw it", mend: "report it") : .held)
    }

    private func downwards(_ target: DoctorTarget, isCompressed: Bool) -> DoctorFinding {
        let what = "an upstream that echoes, \(isCompressed ? "in gzip" : "in plain")"
        do throws(BlockingCall.Failure) {
            guard let answer = try ask(target, isCompressed ? "gzip" : "identity") else {
                // Cut before its head.
                return found(what, isCompressed ? .held : .failed("no answer", mend: "report it"))
            }
            let gzip = Array("accept-encoding: gzip".utf8)
            if isCompressed, upstream.last.map({ $0.holds(gzip) }) != true {
                return found(what, .skipped("the proxy did not ask for gzip"))
            }
            let isTold = DoctorSecrets([token]).stand(in: Self.plain(answer.bytes))
            let field = answer.fields.first { ["set-cookie", "www-authenticate", "authorization"].contains($0.name) }
            if isTold { return found(what, .failed("the token came back", mend: "report it")) }
            if let field { return found(what, .failed("the answer has \(field.name)", mend: "report it")) }
            return found(what, .held)
        } catch {
            return found(what, .failed(error.explanation, mend: "report it"))
        }
    }

    /// With all that can be inflated of a gzip body behind it.
    private static func plain(_ bytes: [UInt8]) -> [UInt8] {
        guard let start = bytes.indices.first(where: { bytes[$0...].starts(with: [0x1F, 0x8B]) }) else { return bytes }
        return bytes + Gzip.inflatePrefix(Array(bytes[start...]))
    }
}

/// Says back the head it was sent, in fields and in the body.
private final class EchoService: SandboxService {
    private let seen = Mutex<[UInt8]?>(nil)

    /// The last request, in words.
    var last: [UInt8]? { seen.withLock { $0 } }

    func answer(_ request: SandboxRequest, now: Int64) -> SandboxAnswer {
        var text = "\(request.method) \(request.path)?\(request.query)\n"
        for field in request.fields { text += "\(field.name.lowercased()): \(field.value)\n" }
        seen.withLock { $0 = Array(text.utf8) }
        let credential = request.first("authorization") ?? ""
        var fields = [
            ("Content-Type", "text/plain"), ("X-Echo", credential), ("Set-Cookie", "echo=\(credential)"),
            ("WWW-Authenticate", "Bearer error=\"\(credential)\""), ("Authorization", credential),
        ]
        var body = Array(text.utf8)
        if request.first("accept-encoding") == "gzip" {
            body = Gzip.compress(body) ?? body
            fields.append(("Content-Encoding", "gzip"))
        }
        return SandboxAnswer(status: 200, fields: fields, body: .bytes(body))
    }
}

extension [UInt8] {
    fileprivate func holds(_ wanted: [UInt8]) -> Bool { indices.contains { self[$0...].starts(with: wanted) } }
}
