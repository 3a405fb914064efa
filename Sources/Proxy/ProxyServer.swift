import Credentials
import Transport

/// The whole proxy: its listeners and its event loops.
package final class ProxyServer: Sendable {
    package let listeners: [Listener]
    private let workers: [Worker]
    private let drivers: [LoopDriver]
    private let drainTime: Int64

    /// - Parameter loops: how many event loops; at least one.
    package init(settings: ProxySettings, listeners: [Listener], loops: Int) throws(SystemError) {
        self.listeners = listeners
        drainTime = settings.timeouts.drain
        let resolver = Resolver(pool: BlockingPool())
        var workers: [Worker] = []
        var drivers: [LoopDriver] = []
        for index in 0..<max(loops, 1) {
            let executor = try LoopExecutor()
            let worker = Worker(executor: executor, settings: settings, resolver: resolver, loops: max(loops, 1))
            workers.append(worker)
            drivers.append(
                LoopDriver(executor: executor, label: "cartouche.loop.\(index)") {
                    worker.assumeIsolated { $0.turn() }
                })
        }
        self.workers = workers
        self.drivers = drivers
    }

    /// Begins to keep tokens and to accept connections.
    package func start() async throws {
        await keepTokens(isEarly: true)
        for worker in workers { try await worker.listen(on: listeners) }
    }

    /// Begins to keep tokens only.
    ///
    /// - Parameter isEarly: whether the first tokens are had before anybody asks.
    package func keepTokens(isEarly: Bool) async {
        guard let first = workers.first else { return }
        let others = Array(workers.dropFirst())
        for other in others { await other.askForTokens(at: first) }
        await first.keepTokens(for: others, isEarly: isEarly)
    }

    /// Stops accepting, lets requests under way end, and closes what is left after the drain time.
    package func drain() async {
        for listener in listeners { listener.refuseConnections() }
        let limit = Task {
            try await Task.sleep(for: .nanoseconds(drainTime))
            await stop()
        }
        await withTaskGroup { group in
            for worker in workers { group.addTask { await worker.drain() } }
        }
        limit.cancel()
        await stop()
    }

    /// Closes everything now. The loops go on for as long as this object is there: somebody may be waiting for an
    /// answer from one of them, another call of this among them.
    package func stop() async {
        for worker in workers { await worker.stop() }
        await workers.first?.settleTokens()
    }

    package func tokenStatuses() async -> [(name: String, status: TokenStatus)] {
        await workers.first?.tokenStatuses() ?? []
    }

    /// Something else was found in the place of a credential's secret.
    ///
    /// - Parameter index: of the credential in the book.
    package func replace(credential index: Int, by replacement: CredentialReplacement) async {
        await workers.first?.replace(credential: index, by: replacement)
    }

    /// A token of that credential, to be used outside of the proxy, or the reason why there is none; nil where there
    /// is no such credential.
    package func obtainToken(credential index: Int) async -> Result<IssuedToken, TokenFailure>? {
        await workers.first?.obtainToken(index)
    }
}
