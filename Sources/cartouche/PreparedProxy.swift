import Configuration
import Proxy
import Secrets
import Transport

/// A configuration with all that serving by it needs opened and made; nothing runs for it yet.
struct PreparedProxy: Sendable {
    private(set) var settings: Settings
    /// What is odd about it.
    let remarks: [String]
    let log: Startup.Log
    let listeners: ListenerSet
    let trust: UpstreamTrust
    let clients: ClientSide
    private(set) var proxy: ProxySettings

    /// Starts no thread, so it writes no log either.
    ///
    /// - Parameters:
    ///   - authorities: certificates trusted beside the system's and those of `upstream_ca_file`, PEM.
    ///   - handed: sockets that were opened for this process.
    ///   - outside: opens what is not open yet.
    ///   - former: what is in force; what it has open or made and is the same here is taken over.
    init(
        _ loaded: LoadedSettings, authorities: [UInt8], handed: HandedSockets = HandedSockets(),
        after former: PreparedProxy? = nil,
        outside: Outside = Outside()
    ) throws(Stop) {
        settings = loaded.settings
        remarks = loaded.warnings.map(\.description)
        log = Startup.log(settings.log)
        let trusted = settings.upstreamAuthorities + authorities
        trust = if let former { try former.trust.renewed(trusted) } else { try UpstreamTrust(trusted) }
        listeners = try ListenerSet(
            settings.listen, file: settings.peers.socketFile, keeping: former?.listeners ?? ListenerSet(),
            handed: handed, outside: outside)
        clients = try ClientSide(settings.clients, after: former?.clients, outside: outside, logger: log.logger)
        var proxy = try ProxyAssembly(settings: settings, trust: trust, log: log).proxySettings(listeners: listeners)
        proxy.clients = clients.keys?.book
        proxy.audit = clients.audit
        self.proxy = proxy
    }

    // MARK: In force

    /// Those who use the credentials have them now: a secret that is replaced is not to live on here.
    mutating func letCredentialsGo() { proxy.credentials = [] }

    /// Takes note of what was found in the place of a credential's secret.
    mutating func replaceSecret(ofCredential index: Int, by secret: Secret) {
        settings.replaceSecret(ofCredential: index, by: secret)
    }
}
