import Configuration
import Logging
import Observability
import Proxy
import Transport

/// The proxy from its listeners to its end.
struct ProxyRun: Serving {
    private let settings: Settings
    private let log: Startup.Log
    private let listeners: [Listener]
    private let proxy: ProxySettings
    private let warnings: [String]
    private let notes: [String]
    private let started: @Sendable (String) -> Void

    /// Opens the listeners and loads what there is to load. It starts no thread, so it writes no log either.
    ///
    /// - Parameters:
    ///   - authorities: certificates trusted beside the system's and those of `upstream_ca_file`, PEM.
    ///   - started: called once the proxy listens, with the URL of its first listener.
    init(
        settings: Settings, log: Startup.Log, authorities: [UInt8] = [], warnings: [String] = [],
        started: @escaping @Sendable (String) -> Void = { _ in }
    ) throws {
        self.settings = settings
        self.log = log
        self.warnings = warnings
        self.started = started
        var notes: [String] = []
        listeners = try Self.openListeners(settings.listen, &notes)
        let assembly = try ProxyAssembly(
            settings: settings, authorities: authorities, logger: log.logger, sink: log.sink)
        proxy = try assembly.proxySettings(listeners: listeners)
        self.notes = notes
    }

    func serve() async throws {
        for warning in warnings { log.logger.warning("\(warning)") }
        for note in notes { log.logger.info("\(note)") }
        let server = try ProxyServer(
            settings: proxy, listeners: listeners, loops: settings.loops ?? ProcessSetup.usableProcessors())
        let signals = SignalStream()
        let secrets = SecretWatcher(settings, loader: SecretLoader(environment: Startup.environment()))
        let rotation = SecretRotation(settings: settings, server: server, logger: log.logger)
        Task { await rotation.follow(secrets) }
        defer { secrets.stop() }
        try await server.start()
        announce()
        warn()
        if let first = listeners.first { started(Self.shown(first)) }
        await serveUntilTold(server, signals, secrets)
        log.sink.flush()
    }

    /// Where it listens is said whatever the log's level: with port 0 nobody could know otherwise.
    private func announce() {
        var logger = log.logger
        logger.logLevel = min(logger.logLevel, .notice)
        for listener in listeners {
            logger.notice(
                "listening on \(Self.shown(listener))",
                metadata: ["address": "\(Self.shown(listener))", "upstream": "\(settings.api)"])
        }
    }

    private static func shown(_ listener: Listener) -> String {
        listener.address.port == nil ? "\(listener.address)" : "http://\(listener.address)"
    }

    /// What was weakened on purpose is said at every start.
    private func warn() {
        if settings.insecure.allowsUnauthenticated {
            log.logger.warning("insecure_allow_unauthenticated: whoever reaches the port uses the credential")
        }
        if settings.insecure.allowsPlaintext {
            log.logger.warning("insecure_allow_plaintext: requests and answers can be read on the network")
        }
    }

    /// The first TERM or INT drains, the second one ends at once.
    private func serveUntilTold(_ server: ProxyServer, _ signals: SignalStream, _ secrets: SecretWatcher) async {
        var draining: Task<Void, Never>?
        for await signal in signals.stream {
            switch signal {
            case .hangUp:
                log.logger.notice("secrets are read again; the rest of the configuration stays as it is")
                secrets.lookNow()
            case .terminate, .interrupt:
                guard draining == nil else {
                    await server.stop()
                    return
                }
                log.logger.notice("stopping: requests under way may finish")
                draining = Task {
                    await server.drain()
                    signals.finish()
                }
            }
        }
        await draining?.value
    }

    // MARK: Listeners

    private static func openListeners(
        _ addresses: [ListenAddress], _ notes: inout [String]
    ) throws(Stop) -> [Listener] {
        var listeners: [Listener] = []
        for address in addresses {
            do throws(Transport.SystemError) {
                listeners.append(try Listener(bindingTo: try socketAddress(address)))
            } catch {
                if error.isAddressMissing, address.isIPv6 {
                    // A machine without IPv6 is no error; a port that is taken is.
                    notes.append("not listening on \(address): this machine has no such address")
                    continue
                }
                throw failure(error, address)
            }
        }
        guard !listeners.isEmpty else { throw Stop(.runtime, "cartouche: none of the listeners exists here") }
        return listeners
    }

    private static func failure(_ error: Transport.SystemError, _ address: ListenAddress) -> Stop {
        if error == .addressInUse {
            return Stop(
                .portTaken,
                "cartouche: \(address) is taken: another program, or another cartouche, listens there; "
                    + "end it or choose another with --listen")
        }
        return Stop(.runtime, "cartouche: cannot listen on \(address): \(error.explanation)")
    }

    private static func socketAddress(_ address: ListenAddress) throws(Transport.SystemError) -> SocketAddress {
        switch address {
        case .unix(let path): return .unix(path: path)
        case .tcp(let numeric, let port):
            guard let result = SocketAddress(numeric: numeric.description, port: port) else { throw .addressNotAvailable }
            return result
        }
    }
}

extension ListenAddress {
    fileprivate var isIPv6: Bool {
        if case .tcp(.v6, _) = self { return true }
        return false
    }
}
