import Configuration
import Confinement
import Control
import Logging
import Proxy

/// The proxy from its listeners to its end.
struct ProxyRun: Serving {
    private let source: any ConfigurationSource
    private let authorities: [UInt8]
    private let prepared: PassedOn<PreparedProxy>
    let log: Startup.Log
    private let shown: String?
    private let control: Result<ControlSocket, ControlError>
    private let handed: HandedSockets
    private let manager: ServiceManager
    private let outside: Outside
    private let loops: Int
    /// What is left of the process's rights; nil where they are not given up.
    private let keeps: Grants?
    private let names: [StewardName]
    private var confinement = ConfinementState.forgone
    private let started: @Sendable (String) -> Void

    /// Opens the listeners and loads what there is to load. It starts no thread, so it writes no log either.
    ///
    /// - Parameters:
    ///   - authorities: certificates trusted beside the system's and those of `upstream_ca_file`, PEM.
    ///   - outside: opens files and addresses, and is what `source` reads by.
    ///   - started: called once the proxy listens, with the URL of its first listener.
    init(
        _ source: any ConfigurationSource, authorities: [UInt8] = [], outside: Outside,
        started: @escaping @Sendable (String) -> Void = { _ in }
    ) throws {
        self.source = source
        self.authorities = authorities
        self.outside = outside
        self.started = started
        let environment = Startup.environment()
        handed = try HandedSockets(environment: environment)
        manager = ServiceManager(environment: environment)
        let prepared = try PreparedProxy(
            try Startup.load(source), authorities: authorities, handed: handed, outside: outside)
        log = prepared.log
        shown = prepared.listeners.shown.first
        let settings = prepared.settings
        // Asked now: it reads files of the system's.
        loops = settings.loops ?? ProcessSetup.usableProcessors()
        // To two upstreams at a time, which is more than most use.
        ProcessSetup.reserveDescriptors(
            settings.limits.connections + 2 * loops * settings.limits.upstreamConnections + 256)
        keeps = settings.insecure.forgoesConfinement ? nil : Grants.proxy(settings, environment: environment)
        names = settings.names
        self.prepared = PassedOn(prepared)
        control = Self.openControlSocket()
    }

    mutating func confine(_ outside: Outside) {
        guard let keeps else { return outside.remainFree() }
        confinement = outside.confine(to: keeps, naming: names)
    }

    func serve() async throws {
        guard let proxy = try makeProxy() else { return }
        let signals = SignalStream()
        try await proxy.start { signals.stewardEnded($0) }
        let server = await answer(for: proxy)
        if let shown { started(shown) }
        manager.isReady()
        handed.reportReady()
        ProcessSetup.unmapStartupPages()
        let failure = await serveUntilTold(proxy, signals, server)
        server?.stop()
        await proxy.end()
        log.sink.flush()
        if let failure { throw failure }
    }

    private func makeProxy() throws -> RunningProxy? {
        guard let prepared = prepared.take() else { return nil }
        return try RunningProxy(
            prepared, from: source, authorities: authorities, loops: loops, outside: outside, confinement: confinement)
    }

    // MARK: The control socket

    private static func openControlSocket() -> Result<ControlSocket, ControlError> {
        do throws(ControlError) {
            let folder = try ControlFolder(environment: Startup.environment())
            return .success(try ControlSocket(in: folder, process: ProcessSetup.number))
        } catch {
            return .failure(error)
        }
    }

    /// Nil where there is no socket: that is no reason not to serve.
    private func answer(for proxy: RunningProxy) async -> ControlServer? {
        switch control {
        case .success(let socket): return ControlServer(socket) { await proxy.answer($0) }
        case .failure(let error):
            let level: Logger.Level = error == .noFolder ? .info : .warning
            log.logger.log(level: level, "there is no control socket: \(error.explanation)")
            return nil
        }
    }

    // MARK: Signals

    /// The first TERM or INT drains, as the end of the steward does; one that comes while it drains ends it at once.
    ///
    /// - Returns: what it ended for where nobody told it to.
    private func serveUntilTold(_ proxy: RunningProxy, _ signals: SignalStream, _ control: ControlServer?) async -> Stop? {
        var draining: Task<Void, Never>?
        var failure: Stop?
        func drain(handingOver: Bool) -> Task<Void, Never> {
            Task {
                await proxy.server.drain(handingOver: handingOver)
                signals.finish()
            }
        }
        for await event in signals.stream {
            switch event {
            case .signal(.hangUp):
                Task {
                    manager.isReloading()
                    _ = await proxy.reload()
                    manager.isReady()
                }
            case .signal(.upgrade):
                guard draining == nil else { continue }
                Task { if let process = await proxy.handOver(outside.spawner, manager) { signals.succeeded(by: process) } }
            case .succeeded(let process):
                // Told to stop in the meantime: that was meant for both.
                guard draining == nil else {
                    outside.end(successor: process)
                    continue
                }
                // Who asks from here on means the other process.
                control?.stop()
                draining = drain(handingOver: true)
            case .signal(.terminate), .signal(.interrupt):
                guard draining == nil else {
                    await proxy.server.stop()
                    return failure
                }
                manager.isStopping()
                await proxy.log.logger.notice("stopping: requests under way may finish")
                draining = drain(handingOver: false)
            case .stewardEnded(let process):
                guard draining == nil else { continue }
                // It would never learn that a key is revoked, a secret changed, a certificate renewed.
                await proxy.log.logger.error(
                    "the steward of this process has ended: stopping, for nothing new can be had without it",
                    metadata: ["process": "\(process)"])
                manager.isStopping()
                failure = Stop(.runtime, "cartouche: ended because its steward, process \(process), had; start it anew")
                draining = drain(handingOver: false)
            }
        }
        await draining?.value
        return failure
    }
}
