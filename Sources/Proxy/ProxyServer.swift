import Credentials
import Synchronization
import Transport

/// The whole proxy: its event loops, and the configuration they serve by.
package final class ProxyServer: Sendable {
    private struct Present: Sendable {
        var generation: Generation
        var roll: CredentialRoll
        var isEnding = false
    }

    private let present: Mutex<Present>
    private let workers: [Worker]
    private let drivers: [LoopDriver]

    /// - Parameters:
    ///   - loops: how many event loops; at least one.
    ///   - connector: by whom upstreams are connected to.
    package init(
        settings: ProxySettings, listeners: [PlacedListener], loops: Int, connector: any Connector = OwnConnector()
    ) throws(SystemError) {
        var roll = CredentialRoll()
        roll.call(settings)
        let generation = Generation(number: 1, settings: settings, credentials: roll.numbers, listeners: listeners)
        present = Mutex(Present(generation: generation, roll: roll))
        let resolver = Resolver(pool: BlockingPool())
        let peers = PeerCounter()
        var workers: [Worker] = []
        var drivers: [LoopDriver] = []
        for index in 0..<max(loops, 1) {
            let executor = try LoopExecutor()
            let worker = Worker(
                executor: executor, connector: connector, generation: generation, resolver: resolver, peers: peers,
                loops: max(loops, 1))
            workers.append(worker)
            drivers.append(
                LoopDriver(executor: executor, label: "cartouche.loop.\(index)") {
                    worker.assumeIsolated { $0.turn() }
                })
        }
        self.workers = workers
        self.drivers = drivers
    }

    /// Counts the configurations that were in force, from 1.
    package var generation: UInt64 { present.withLock { $0.generation.number } }

    /// Whether no other configuration can be put into force any more.
    package var isEnding: Bool { present.withLock(\.isEnding) }

    package var listeners: [PlacedListener] { present.withLock { $0.generation.listeners } }

    /// Begins to keep tokens and to accept connections.
    package func start() async throws {
        await keepTokens(isEarly: true)
        let listeners = listeners.map(\.listener)
        for worker in workers { try await worker.listen(on: listeners) }
    }

    /// Begins to keep tokens only.
    ///
    /// - Parameter isEarly: whether the first tokens are had before anybody asks.
    package func keepTokens(isEarly: Bool) async {
        guard let first = workers.first else { return }
        let others = Array(workers.dropFirst())
        for other in others { await other.askForTokens(at: first) }
        await first.keepTokens(of: present.withLock(\.generation), for: others, isEarly: isEarly)
    }

    // MARK: Another configuration

    /// Puts another configuration into the place of the one in force. Exchanges under way end as they began; the next
    /// one of every connection begins under the new one. One call at a time.
    ///
    /// - Parameter listeners: those of the configuration; open ones that are among them go on as they are, others are
    ///   closed.
    package func reload(_ settings: ProxySettings, listeners: [PlacedListener]) async throws(ReloadRefusal) {
        let (next, roll, former) = try present.withLock { present throws(ReloadRefusal) in
            guard !present.isEnding else { throw .ending }
            var roll = present.roll
            roll.call(settings)
            let next = Generation(
                number: present.generation.number + 1, settings: settings, credentials: roll.numbers,
                listeners: listeners)
            return (next, roll, present.generation)
        }
        // Every loop knows the credentials before anybody fetches tokens for them, and the keeper knows them before
        // any loop asks.
        for worker in workers { await worker.prepare(next) }
        if let failure = await enforceOnFirst(next) {
            await workers.first?.keepTokens(of: present.withLock(\.generation))
            for worker in workers { await worker.abandonNext() }
            throw .listenerUnusable(failure)
        }
        present.withLock {
            $0.generation = next
            $0.roll = roll
        }
        for worker in workers.dropFirst() {
            do throws(SystemError) {
                try await worker.enforceNext(listeners)
            } catch {
                settings.logger.error("a listener is not watched by every event loop: \(error.explanation)")
            }
        }
        let kept = listeners.map(\.listener.number)
        for placed in former.listeners where !kept.contains(placed.listener.number) {
            placed.listener.refuseConnections()
        }
    }

    private func enforceOnFirst(_ next: Generation) async -> SystemError? {
        guard let first = workers.first else { return nil }
        await first.keepTokens(of: next)
        do throws(SystemError) {
            try await first.enforceNext(next.listeners)
            return nil
        } catch {
            return error
        }
    }

    // MARK: How it is doing

    package func status() async -> ProxyStatus {
        let (generation, isEnding) = present.withLock { ($0.generation.number, $0.isEnding) }
        var status = ProxyStatus(generation: generation, isEnding: isEnding, loops: workers.count)
        for worker in workers { status.add(await worker.status()) }
        status.credentials = await credentialStatuses()
        return status
    }

    // MARK: Ending

    /// Stops accepting, lets requests under way end, and closes what is left after the drain time.
    ///
    /// - Parameter handingOver: whether another process goes on listening on the same sockets. Connections without a
    ///   request are then kept for the next one, which is their last: a client that is just sending it loses nothing.
    package func drain(handingOver: Bool = false) async {
        let generation = present.withLock { present in
            present.isEnding = true
            return present.generation
        }
        if !handingOver {
            // All of them before the first connection is closed: no answer begun after that promises a connection that
            // ends with it.
            for worker in workers { await worker.announceEnd() }
            for placed in generation.listeners { placed.listener.refuseConnections() }
        }
        let limit = Task {
            try await Task.sleep(for: .nanoseconds(generation.settings.timeouts.drain))
            await stop()
        }
        await withTaskGroup { group in
            for worker in workers { group.addTask { await worker.drain(keepingIdle: handingOver) } }
        }
        limit.cancel()
        await stop()
    }

    /// Closes everything now. The loops go on for as long as this object is there: somebody may be waiting for an
    /// answer from one of them, another call of this among them.
    package func stop() async {
        present.withLock { $0.isEnding = true }
        for worker in workers { await worker.stop() }
        await workers.first?.settleTokens()
    }

    // MARK: Tokens

    package func credentialStatuses() async -> [CredentialStatus] { await workers.first?.credentialStatuses() ?? [] }

    /// Something else was found in the place of a credential's secret.
    ///
    /// - Parameters:
    ///   - index: of the credential in the book.
    ///   - generation: the configuration whose book that is; another one has read its secrets itself.
    package func replace(
        credential index: Int, of generation: UInt64, by replacement: CredentialReplacement
    ) async {
        let number: Int? = present.withLock { present in
            guard present.generation.number == generation else { return nil }
            present.roll.replace(at: index, by: replacement)
            present.generation.replace(credential: index, by: replacement)
            return present.roll.number(at: index)
        }
        if let number { await workers.first?.replace(credential: number, by: replacement) }
    }

    /// A token of that credential, to be used outside of the proxy, or the reason why there is none; nil where there
    /// is no such credential.
    package func obtainToken(credential index: Int) async -> Result<IssuedToken, TokenFailure>? {
        guard let number = present.withLock({ $0.roll.number(at: index) }) else { return nil }
        return await workers.first?.obtainToken(number)
    }
}
