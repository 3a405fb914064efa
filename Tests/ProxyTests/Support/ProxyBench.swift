import Admission
import Credentials
import Foundation
import Logging
import Observability
import Policy
import Secrets
import Synchronization
import TestSupport
import Transport
import Upstream

@testable import Proxy

/// A whole proxy on a free port, in front of a scripted upstream over plain HTTP.
final class ProxyBench: Sendable {
    let server: ProxyServer
    let port: UInt16

    static let token = "c.static-token-for-tests.0123456789"

    /// What tests change of the settings.
    struct Options {
        var routes = [
            "GET,POST,PUT,DELETE,PATCH /v3/things/{rest...}", "GET /v3/things", "POST /v3/things",
        ]
        var credentials: [ProxySettings.Credential]?
        var kind = CredentialKind.apiAccessToken
        var sink: LogSink?
        var adjust: (inout ProxySettings) -> Void = { _ in }
    }

    private init(server: ProxyServer, port: UInt16) {
        self.server = server
        self.port = port
    }

    static func start(upstream: UInt16, _ options: Options = Options(), loops: Int = 1) async throws -> ProxyBench {
        let listener = try Transport.Listener(bindingTo: .ipv4(0x7F00_0001, port: 0))
        let settings = try settings(upstream: upstream, listener: listener, options)
        let server = try ProxyServer(settings: settings, listeners: [PlacedListener(listener, place: 0)], loops: loops)
        try await server.start()
        return ProxyBench(server: server, port: listener.address.port ?? 0)
    }

    private static func settings(
        upstream: UInt16, listener: Transport.Listener, _ options: Options
    ) throws -> ProxySettings {
        var number = 0
        let rules = try options.routes.map { text in
            number += 1
            return RouteRule(pattern: try MatchPattern.parse(text), origin: RuleOrigin(file: "test", line: number))
        }
        let credentials =
            try options.credentials ?? [.fixed(StaticToken(Secret(token), kind: options.kind))]
        let endpoint = Endpoint(host: "127.0.0.1", port: upstream, isAddress: true, trust: nil)
        var settings = ProxySettings(
            routes: try RouteTable(builtIn: rules),
            bases: [.api: .init(endpoint: endpoint, path: [], urls: [Array("http://127.0.0.1:\(upstream)".utf8)])],
            book: try CredentialBook(entries: [.init(name: "only", kind: options.kind)], defaults: ["only"]),
            credentials: credentials, admission: AdmissionRules(),
            listeners: [.tcp(port: listener.address.port ?? 0, isTLS: false)],
            sink: options.sink ?? LogSink(descriptor: -1),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        settings.accessLog = options.sink == nil ? nil : .text
        options.adjust(&settings)
        return settings
    }

    /// A client's connection.
    func connect(receiveBuffer: Int32? = nil) throws -> Peer {
        try Peer(connectingTo: port, receiveBuffer: receiveBuffer)
    }

    var refusesConnections: Bool { (try? connect()) == nil }

    /// A request's head, complete with `Host`.
    func request(_ line: String, _ fields: [String] = []) -> String {
        ([line, "Host: 127.0.0.1:\(port)"] + fields + ["", ""]).joined(separator: "\r\n")
    }
}

/// Runs `test` with an upstream that does what `script` says and a proxy before it, and stops both.
func withProxy(
    _ options: ProxyBench.Options = ProxyBench.Options(), loops: Int = 1, receiveBuffer: Int32? = nil,
    upstream script: @escaping @Sendable (Peer, Int) throws -> Void,
    test: @escaping @Sendable (ProxyBench, ScriptedServer) throws -> Void
) async throws {
    let upstream = try ScriptedServer(receiveBuffer: receiveBuffer, script)
    let bench = try await ProxyBench.start(upstream: upstream.port, options, loops: loops)
    let result: Result<Void, any Error>
    do {
        try await blocking { try test(bench, upstream) }
        result = .success(())
    } catch {
        result = .failure(error)
    }
    upstream.stop()
    await bench.server.stop()
    try result.get()
}

/// An upstream that answers every request with a small body and keeps its connections.
@Sendable func obliging(_ peer: Peer, _ number: Int) throws {
    while let request = try? peer.readHead() {
        let body = try peer.readBody(of: request)
        let text = "\(request.startLine)|\(body.count)"
        try peer.send("HTTP/1.1 200 OK\r\nContent-Length: \(text.utf8.count)\r\n\r\n\(text)")
    }
}
