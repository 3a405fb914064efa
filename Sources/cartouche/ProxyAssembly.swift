import struct Admission.AddressRange
import struct Admission.AdmissionRules
import enum Admission.AdmissionError
import struct Admission.PeerAddress
import struct Admission.PeerRules
import Configuration
import Credentials
import Logging
import Observability
import Policy
import Proxy
import Secrets
import TLS
import TokenStore
import Transport
import Upstream
import Wire

/// Turns settings into what the proxy runs on. What can go wrong here goes wrong at start, with a reason.
struct ProxyAssembly {
    let settings: Settings
    let logger: Logger
    let sink: LogSink
    private let trust: TLSContext
    /// One for all endpoints.
    private let egressProxy: EgressProxy?

    init(settings: Settings, trust: UpstreamTrust, log: Startup.Log) {
        self.settings = settings
        self.trust = trust.context
        egressProxy = settings.egress.proxy.map {
            EgressProxy(host: $0.host.bare, port: $0.port, credentials: $0.credentials)
        }
        logger = log.logger
        sink = log.sink
    }

    /// For commands that serve nobody.
    init(settings: Settings, log: Startup.Log) throws(Stop) {
        self.init(settings: settings, trust: try UpstreamTrust(settings.upstreamAuthorities), log: log)
    }

    func proxySettings(listeners: ListenerSet) throws(Stop) -> ProxySettings {
        try proxySettings(kinds: listeners.kinds(of: settings.listen))
    }

    /// The same without opening the listeners, for commands that serve nobody.
    func proxySettingsOffline() throws(Stop) -> ProxySettings {
        try proxySettings(listeners: ListenerSet())
    }

    private func proxySettings(kinds: [ListenerKind]) throws(Stop) -> ProxySettings {
        var bases: [UpstreamName: ProxySettings.Base] = [
            .api: base(settings.api, aliases: settings.apiAliases),
            .accounts: base(settings.accounts, aliases: []),
        ]
        if let ai = settings.ai {
            bases[.ai] = base(ai, aliases: [])
            // The routes of this upstream have the version in their path, as its clients do.
            if ai.path.hasSuffix("/v1") { bases[.ai]?.path.removeLast(3) }
        }
        var proxy = ProxySettings(
            routes: settings.routes, bases: bases, book: settings.credentialBook, credentials: try credentials(),
            admission: try admission(), listeners: kinds, sink: sink, logger: logger)
        proxy.peers = peers()
        proxy.peerConnectionLimit = settings.limits.connectionsPerAddress
        proxy.listenerTLS = try settings.listenerTLS.map { (tls) throws(Stop) in try ListenerTLSAssembly.context(tls) }
        proxy.egressProxy = egressProxy
        proxy.isReadOnly = settings.readOnly
        proxy.publicBase = settings.publicURL.map { Array($0.description.utf8) }
        proxy.via = Array(settings.via.utf8)
        proxy.referer = Array((settings.referer ?? "").utf8)
        proxy.accessLog = settings.log.writesAccessLog ? settings.log.observed : nil
        proxy.connectionLimit = settings.limits.connections
        proxy.headLimits = HeadLimits(
            requestLine: settings.limits.requestLine, head: settings.limits.requestHead,
            fields: settings.limits.fields)
        proxy.poolLimits.connections = settings.limits.upstreamConnections
        proxy.poolLimits.waiting = settings.limits.waitingRequests
        proxy.tokenStore = Self.tokenStore(for: settings)
        let deadlines = settings.deadlines
        proxy.upstreamTimeouts.lookUp = deadlines.connect.clampedNanoseconds
        proxy.upstreamTimeouts.connect = deadlines.connect.clampedNanoseconds
        proxy.upstreamTimeouts.tunnel = deadlines.connect.clampedNanoseconds
        proxy.upstreamTimeouts.handshake = deadlines.connect.clampedNanoseconds
        proxy.upstreamTimeouts.answer = deadlines.answer.clampedNanoseconds
        proxy.upstreamTimeouts.stall = deadlines.bodyIdle.clampedNanoseconds
        proxy.upstreamTimeouts.idle = deadlines.upstreamIdle.clampedNanoseconds
        proxy.timeouts.head = deadlines.head.clampedNanoseconds
        proxy.timeouts.bodyIdle = deadlines.bodyIdle.clampedNanoseconds
        proxy.timeouts.minimumBodyRate = settings.limits.bodyRate
        proxy.timeouts.stall = deadlines.bodyIdle.clampedNanoseconds
        proxy.timeouts.keepAlive = deadlines.keepAlive.clampedNanoseconds
        proxy.timeouts.drain = deadlines.drain.clampedNanoseconds
        return proxy
    }

    // MARK: Upstreams

    private func base(_ url: BaseURL, aliases: [BaseURL]) -> ProxySettings.Base {
        ProxySettings.Base(
            endpoint: endpoint(url.scheme == .https, url.host, url.port), path: Array(url.path.utf8),
            urls: ([url] + aliases).map { Array($0.description.utf8) })
    }

    private func endpoint(_ isSecure: Bool, _ host: HostName, _ port: UInt16) -> Endpoint {
        Endpoint(
            host: host.bare, port: port, isAddress: host.isAddress, trust: isSecure ? trust : nil,
            proxy: settings.egress.proxy(for: host, port: port) == nil ? nil : egressProxy)
    }

    // MARK: Credentials

    /// Where tokens are kept between runs, if they are.
    static func tokenStore(for settings: Settings) -> TokenStore? {
        guard settings.tokens.areKeptOnDisk, settings.credentials.contains(where: { $0.kind == .oauthClient }) else {
            return nil
        }
        return StateFolder.path(in: Startup.environment()).map { TokenStore(folder: $0) }
    }

    private func credentials() throws(Stop) -> [ProxySettings.Credential] {
        var result: [ProxySettings.Credential] = []
        for credential in settings.credentials {
            switch credential.substance {
            case .apiAccessToken(let loaded), .oauthAccessToken(let loaded):
                result.append(.fixed(try token(loaded.secret, credential)))
            case .oauthClient(let client, let loaded):
                result.append(
                    .client(
                        name: credential.name, client, secret: loaded.secret,
                        endpoint: try endpoint(client.endpoint, of: credential)))
            }
        }
        return result
    }

    private func endpoint(_ target: TokenEndpoint, of credential: CredentialSettings) throws(Stop) -> Endpoint {
        guard let host = HostName(bare: target.host) else {
            throw Stop(.usage, "\(credential.name): the token endpoint's host is neither a name nor an address")
        }
        return endpoint(target.isSecure, host, target.port)
    }

    private func token(_ secret: Secret, _ credential: CredentialSettings) throws(Stop) -> StaticToken {
        do throws(StaticTokenError) {
            return try StaticToken(secret, kind: credential.kind)
        } catch {
            throw Stop(.usage, "\(credential.name): not a token that can be sent (\(error))")
        }
    }

    // MARK: Admission

    private func admission() throws(Stop) -> AdmissionRules {
        // The default list is for routes an API Access Token could serve; what a user wrote is for all.
        let isDefault = settings.origins == OriginPattern.loopback
        do throws(AdmissionError) {
            return try AdmissionAssembly.rules(
                listeners: settings.listen.compactMap(Self.ownName),
                serverNames: settings.serverNames.map(\.description), publicURL: settings.publicURL?.description,
                origins: settings.origins.map(\.description), areOriginsListed: !isDefault)
        } catch {
            throw Stop(.usage, "cartouche: server_names, origins or public_url: \(error.explanation)")
        }
    }

    /// The loopback names are served anyway; the address that means all of them is nobody's.
    private static func ownName(of listener: ListenAddress) -> String? {
        guard case .tcp(let address, _, _) = listener else { return nil }
        switch address {
        case .v4(0), .v6(high: 0, low: 0), .loopback4, .loopback6: return nil
        case .v4, .v6: return "\(HostName.address(address))"
        }
    }

    private func peers() -> PeerRules {
        let ranges = settings.peers.ranges.map { range in
            switch range.address {
            case .v4(let address): AddressRange(PeerAddress(ipv4: address), length: 96 + range.length)
            case .v6(let high, let low): AddressRange(PeerAddress(high: high, low: low), length: range.length)
            }
        }
        let users = Set(settings.peers.users)
        return PeerRules(users: users.isEmpty ? nil : users, ranges: ranges.isEmpty ? nil : ranges)
    }
}

extension LogSettings {
    var observed: Observability.LogFormat {
        switch format {
        case .text: .text
        case .json: .json
        }
    }

    var loggingLevel: Logger.Level { Logger.Level(rawValue: level.rawValue) ?? .info }
}
