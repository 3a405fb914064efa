import TLS
import Transport

/// A sandbox whose ports are open and that answers nobody yet: no thread runs for it.
package struct PreparedSandbox: Sendable {
    package let urls: SandboxURLs
    /// The certificate to trust, PEM; empty where the scheme is `http`.
    package let certificateAuthority: [UInt8]
    private let state: SandboxState
    private let listeners: SandboxListeners
    private let tls: TLSContext?
    private let timeouts: SandboxTimeouts
    private let connectionLimit: Int

    /// - Parameters: as of ``SandboxServer/start(identity:settings:scheme:listeners:timeouts:connectionLimit:)``.
    package init(
        identity: SandboxIdentity, settings: SandboxSettings = SandboxSettings(), scheme: SandboxScheme = .https,
        listeners: SandboxListeners? = nil, timeouts: SandboxTimeouts = SandboxTimeouts(), connectionLimit: Int = 1_000
    ) throws(SandboxServerError) {
        let listeners = if let listeners { listeners } else { try Self.openListeners() }
        urls = try SandboxURLs(listeners, scheme: scheme)
        var settings = settings
        settings.storageBaseURL = urls.storage
        state = SandboxState(identity: identity, settings: settings)
        (tls, certificateAuthority) = try Self.security(scheme)
        self.listeners = listeners
        self.timeouts = timeouts
        self.connectionLimit = connectionLimit
    }

    package func start() async throws(SandboxServerError) -> RunningSandbox {
        do throws(SystemError) {
            let host = try ServiceHost(tls: tls, timeouts: timeouts, connectionLimit: connectionLimit)
            try await host.serve(SandboxAPI(state: state, baseURL: urls.api), on: listeners.api)
            try await host.serve(SandboxAuthorizationServer(state: state), on: listeners.auth)
            try await host.serve(SandboxAccounts(state: state), on: listeners.accounts)
            try await host.serve(SandboxAI(state: state), on: listeners.ai)
            try await host.serve(SandboxStorage(state: state), on: listeners.storage)
            return RunningSandbox(urls: urls, certificateAuthority: certificateAuthority, state: state, host: host)
        } catch {
            throw .system(error)
        }
    }

    private static func openListeners() throws(SandboxServerError) -> SandboxListeners {
        do { return try SandboxListeners.onLoopback() } catch { throw .system(error) }
    }

    /// The certificate to serve with, and that of its authority, PEM.
    private static func security(_ scheme: SandboxScheme) throws(SandboxServerError) -> (TLSContext?, [UInt8]) {
        do {
            switch scheme {
            case .http: return (nil, [])
            case .https:
                let authority = try ThrowawayAuthority(commonName: "Cartouche sandbox")
                let server = try authority.issue(names: ["localhost"], addresses: ["127.0.0.1", "::1"])
                return (
                    try TLSContext.server(certificateChain: server.chain, key: server.key), authority.caCertificate
                )
            }
        } catch {
            throw .tls(error)
        }
    }
}
