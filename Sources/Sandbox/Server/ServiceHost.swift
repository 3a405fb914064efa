import Synchronization
import TLS
import Transport

/// Serves services on sockets of this machine, all on one event loop, until ``stop()`` or the end of its last
/// reference.
package final class ServiceHost: Sendable {
    private let loop: SandboxLoop
    private let driver: LoopDriver
    private let isStopped = Atomic(false)

    /// - Parameters:
    ///   - tls: nil for plain HTTP.
    ///   - connectionLimit: connections served at once; further ones wait in the kernel.
    package init(tls: TLSContext?, timeouts: SandboxTimeouts = SandboxTimeouts(), connectionLimit: Int = 1_000)
        throws(SystemError)
    {
        let loop = SandboxLoop(
            executor: try LoopExecutor(), tls: tls, timeouts: timeouts, connectionLimit: connectionLimit)
        self.loop = loop
        driver = LoopDriver(executor: loop.executor, label: "cartouche.sandbox") {
            loop.assumeIsolated { $0.turn() }
        }
    }

    deinit { driver.cancel() }

    /// Begins to accept connections; the listener is kept open until the end.
    package func serve(_ service: any SandboxService, on listener: Listener) async throws(SystemError) {
        try await loop.listen(on: listener, for: service)
    }

    /// Lets go of the listeners and closes every connection.
    package func stop() async {
        // Once: afterwards nobody runs the loop, and what is awaited on it never comes.
        guard !isStopped.exchange(true, ordering: .relaxed) else { return }
        await loop.stop()
        driver.cancel()
    }
}
