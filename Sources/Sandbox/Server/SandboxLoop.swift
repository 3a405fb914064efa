import TLS
import Transport

/// The sandbox's event loop: an actor, so that the compiler keeps what lives on the loop from leaving it.
actor SandboxLoop {
    nonisolated let executor: LoopExecutor
    private let core: SandboxCore

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    init(executor: LoopExecutor, tls: TLSContext?, timeouts: SandboxTimeouts, connectionLimit: Int) {
        self.executor = executor
        core = SandboxCore(
            loop: EventLoop(executor: executor), tls: tls, timeouts: timeouts, connectionLimit: connectionLimit)
    }

    /// Dispatch's call: the poller has news.
    func turn() { core.loop.turn() }

    func listen(on listener: Listener, for service: any SandboxService) throws(SystemError) {
        try core.listen(on: listener, for: service)
    }

    func stop() { core.stop() }
}
