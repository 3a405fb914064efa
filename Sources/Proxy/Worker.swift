import Credentials
import Transport

/// One event loop of the proxy: an actor, so that the compiler keeps what lives on the loop from leaving it.
package actor Worker {
    package nonisolated let executor: LoopExecutor
    private let core: WorkerCore
    private var keeper: TokenKeeper?
    private var drainWaiters: [CheckedContinuation<Void, Never>] = []

    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    init(
        executor: LoopExecutor, connector: any Connector, generation: Generation, resolver: Resolver,
        peers: PeerCounter, loops: Int
    ) {
        self.executor = executor
        core = WorkerCore(
            generation, loop: EventLoop(executor: executor, connector: connector), resolver: resolver, peers: peers,
            loops: loops)
    }

    /// Dispatch's call: the poller has news.
    func turn() { core.loop.turn() }

    func listen(on listeners: [Listener]) throws(SystemError) {
        for listener in listeners { try core.listen(on: listener) }
    }

    // MARK: The configuration

    /// Makes ready what ``enforceNext(_:)`` puts into force.
    func prepare(_ generation: Generation) { core.prepare(generation) }

    func abandonNext() { core.abandonNext() }

    func enforceNext(_ listeners: [PlacedListener]) throws(SystemError) { try core.enforceNext(listeners) }

    // MARK: Tokens

    /// Makes this loop the keeper of the tokens.
    func keepTokens(of generation: Generation, for others: [Worker], isEarly: Bool) {
        let desk = core.tokens
        let resources = core.resources
        let keeping = keeping(generation.settings) { news in
            desk.receive(news)
            for other in others { Task { await other.receive(news) } }
        }
        let keeper = TokenKeeper(keeping: keeping, loops: others.count + 1) { resources.makePool($0, $1) }
        self.keeper = keeper
        core.tokens.ask = { question in keeper.answer(question) }
        keeper.adopt(generation, keeping, isEarly: isEarly)
    }

    /// The same under another configuration, before that is in force anywhere and after all loops know its
    /// credentials.
    func keepTokens(of generation: Generation) {
        guard let keeper else { return }
        keeper.adopt(generation, keeping(generation.settings, keeper.keeping.broadcast), isEarly: true)
    }

    private func keeping(_ settings: ProxySettings, _ broadcast: @escaping (TokenNews) -> Void) -> TokenKeeping {
        let known = keeper?.kept
        return TokenKeeping(
            loop: core.loop, limits: settings.tokenLimits, logger: settings.logger,
            kept: settings.tokenStore.map { KeptTokens(store: $0, pool: known?.pool ?? BlockingPool(threads: 1)) },
            broadcast: broadcast)
    }

    /// Makes this loop ask the keeper on another one.
    func askForTokens(at first: Worker) {
        // Held strongly: workers live as long as the program, and a task may outlast the question.
        core.tokens.ask = { question in
            Task { if let news = await first.answer(question) { self.receive(news) } }
            return nil
        }
    }

    func answer(_ question: TokenQuestion) -> TokenNews? { keeper?.answer(question) }

    func receive(_ news: TokenNews) { core.tokens.receive(news) }

    func replace(credential number: Int, by replacement: CredentialReplacement) {
        keeper?.replace(number, by: replacement)
    }

    /// A token of that credential or the reason why there is none; nil where there is no such credential.
    func obtainToken(_ number: Int) async -> Result<IssuedToken, TokenFailure>? {
        guard let keeper else { return nil }
        return await withCheckedContinuation { continuation in
            keeper.obtain(number) { continuation.resume(returning: $0) }
        }
    }

    func credentialStatuses() -> [CredentialStatus] { keeper?.statuses() ?? [] }

    func status() -> LoopStatus { core.status }

    // MARK: Ending

    func announceEnd() { core.announceEnd() }

    /// Returns when the last request has been answered and the last connection closed.
    func drain(keepingIdle: Bool) async {
        core.drained = { self.drainEnded() }
        core.drain(keepingIdle: keepingIdle)
        guard core.connectionCount > 0 else { return }
        await withCheckedContinuation { drainWaiters.append($0) }
    }

    private func drainEnded() {
        for waiter in drainWaiters { waiter.resume() }
        drainWaiters = []
    }

    func stop() {
        keeper?.stop()
        core.stop()
        drainEnded()
        // What holds this worker, so that it can go with its server.
        core.drained = {}
        core.tokens.ask = { _ in nil }
    }

    /// Returns when tokens that were had are on the disk.
    func settleTokens() async { await keeper?.kept?.settle() }
}
