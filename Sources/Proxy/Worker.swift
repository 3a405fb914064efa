import Credentials
import Transport

/// One event loop of the proxy: an actor, so that the compiler keeps what lives on the loop from leaving it.
package actor Worker {
    package nonisolated let executor: LoopExecutor
    private let core: WorkerCore
    private var keeper: TokenKeeper?
    private var drainWaiters: [CheckedContinuation<Void, Never>] = []

    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    init(executor: LoopExecutor, settings: ProxySettings, resolver: Resolver, loops: Int) {
        self.executor = executor
        core = WorkerCore(
            settings: settings, loop: EventLoop(executor: executor), resolver: resolver, loops: loops)
    }

    /// Dispatch's call: the poller has news.
    func turn() { core.loop.turn() }

    func listen(on listeners: [Listener]) throws(SystemError) {
        for (index, listener) in listeners.enumerated() { try core.listen(on: listener, index: index) }
    }

    // MARK: Tokens

    /// Makes this loop the keeper of the tokens.
    func keepTokens(for others: [Worker], isEarly: Bool) {
        let desk = core.tokens
        let keeper = core.makeTokenKeeper { news in
            desk.receive(news)
            for other in others { Task { await other.receive(news) } }
        }
        self.keeper = keeper
        core.tokens.ask = { question in keeper.answer(question) }
        keeper.start(isEarly: isEarly)
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

    func replace(credential index: Int, by replacement: CredentialReplacement) {
        keeper?.replace(index, by: replacement)
    }

    /// A token of that credential or the reason why there is none; nil where there is no such credential.
    func obtainToken(_ index: Int) async -> Result<IssuedToken, TokenFailure>? {
        guard let keeper else { return nil }
        return await withCheckedContinuation { continuation in
            keeper.obtain(index) { continuation.resume(returning: $0) }
        }
    }

    package func tokenStatuses() -> [(name: String, status: TokenStatus)] { keeper?.statuses() ?? [] }

    // MARK: Ending

    /// Returns when the last request has been answered and the last connection closed.
    func drain() async {
        core.drained = { self.drainEnded() }
        core.drain()
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
