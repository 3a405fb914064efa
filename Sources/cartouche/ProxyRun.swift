import Configuration
import Control
import Logging
import Proxy

/// The proxy from its listeners to its end.
struct ProxyRun: Serving {
    private let source: any ConfigurationSource
    private let authorities: [UInt8]
    private let prepared: PreparedProxy
    private let control: Result<ControlSocket, ControlError>
    private let started: @Sendable (String) -> Void

    /// Opens the listeners and loads what there is to load. It starts no thread, so it writes no log either.
    ///
    /// - Parameters:
    ///   - authorities: certificates trusted beside the system's and those of `upstream_ca_file`, PEM.
    ///   - started: called once the proxy listens, with the URL of its first listener.
    init(
        _ source: any ConfigurationSource, authorities: [UInt8] = [],
        started: @escaping @Sendable (String) -> Void = { _ in }
    ) throws {
        self.source = source
        self.authorities = authorities
        self.started = started
        prepared = try PreparedProxy(try Startup.load(source), authorities: authorities)
        control = Self.openControlSocket()
    }

    var log: Startup.Log { prepared.log }

    func serve() async throws {
        let proxy = try RunningProxy(prepared, from: source, authorities: authorities)
        let signals = SignalStream()
        try await proxy.start()
        let server = await answer(for: proxy)
        if let first = prepared.listeners.shown.first { started(first) }
        await serveUntilTold(proxy, signals)
        server?.stop()
        await proxy.end()
        prepared.log.sink.flush()
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

    /// The first TERM or INT drains, the second one ends at once.
    private func serveUntilTold(_ proxy: RunningProxy, _ signals: SignalStream) async {
        var draining: Task<Void, Never>?
        for await signal in signals.stream {
            switch signal {
            case .hangUp: Task { await proxy.reload() }
            case .terminate, .interrupt:
                guard draining == nil else {
                    await proxy.server.stop()
                    return
                }
                await proxy.log.logger.notice("stopping: requests under way may finish")
                draining = Task {
                    await proxy.server.drain()
                    signals.finish()
                }
            }
        }
        await draining?.value
    }
}
