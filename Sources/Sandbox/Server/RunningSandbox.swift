import Synchronization
import Transport

/// A sandbox that serves, until ``stop()`` or the end of its last reference.
package final class RunningSandbox: Sendable {
    package let urls: SandboxURLs
    /// The certificate to trust, PEM; empty where the scheme is `http`.
    package let certificateAuthority: [UInt8]
    package let state: SandboxState
    private let loop: SandboxLoop
    private let driver: LoopDriver
    private let isStopped = Atomic(false)

    init(urls: SandboxURLs, certificateAuthority: [UInt8], state: SandboxState, loop: SandboxLoop) {
        self.urls = urls
        self.certificateAuthority = certificateAuthority
        self.state = state
        self.loop = loop
        driver = LoopDriver(executor: loop.executor, label: "cartouche.sandbox") {
            loop.assumeIsolated { $0.turn() }
        }
    }

    deinit { driver.cancel() }

    /// Closes the listeners and every connection. Once is enough: afterwards nobody runs the loop.
    package func stop() async {
        guard !isStopped.exchange(true, ordering: .relaxed) else { return }
        await loop.stop()
        driver.cancel()
    }
}
