import TLS
import Transport

/// Puts the sandbox's services on sockets of this machine.
package enum SandboxServer {
    /// Starts all services; the settings' `storageBaseURL` becomes that of the storage started here.
    ///
    /// - Parameters:
    ///   - listeners: on loopback addresses; by default on 127.0.0.1, on ports the kernel chooses.
    ///   - connectionLimit: connections served at once; further ones wait in the kernel.
    package static func start(
        identity: SandboxIdentity, settings: SandboxSettings = SandboxSettings(), scheme: SandboxScheme = .https,
        listeners: SandboxListeners? = nil, timeouts: SandboxTimeouts = SandboxTimeouts(), connectionLimit: Int = 1_000
    ) async throws(SandboxServerError) -> RunningSandbox {
        let listeners = if let listeners { listeners } else { try openListeners() }
        let urls = try SandboxURLs(listeners, scheme: scheme)
        var settings = settings
        settings.storageBaseURL = urls.storage
        let state = SandboxState(identity: identity, settings: settings)
        let (tls, authority) = try security(scheme)
        do throws(SystemError) {
            let host = try ServiceHost(tls: tls, timeouts: timeouts, connectionLimit: connectionLimit)
            try await host.serve(SandboxAPI(state: state, baseURL: urls.api), on: listeners.api)
            try await host.serve(SandboxAuthorizationServer(state: state), on: listeners.auth)
            try await host.serve(SandboxAccounts(state: state), on: listeners.accounts)
            try await host.serve(SandboxAI(state: state), on: listeners.ai)
            try await host.serve(SandboxStorage(state: state), on: listeners.storage)
            return RunningSandbox(urls: urls, certificateAuthority: authority, state: state, host: host)
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
