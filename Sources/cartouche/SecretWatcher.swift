import Configuration
import Credentials
import Dispatch
import Synchronization
import Transport

/// Looks after the sources of the secrets on a thread of its own, until it is stopped.
final class SecretWatcher: Sendable {
    let findings: AsyncStream<SecretWatch.Finding>
    private let eye: Eye
    private let queue = DispatchQueue(label: "cartouche.secrets")
    // libdispatch's objects may be used from any thread; the protocol does not say so.
    private nonisolated(unsafe) let timer: (any DispatchSourceTimer)?

    private final class Eye: Sendable {
        // Taken on the one queue only, so nobody waits for a command that takes its time.
        private let watch: Mutex<SecretWatch>
        private let continuation: AsyncStream<SecretWatch.Finding>.Continuation

        init(_ watch: SecretWatch, _ continuation: AsyncStream<SecretWatch.Finding>.Continuation) {
            self.watch = Mutex(watch)
            self.continuation = continuation
        }

        func look() {
            for finding in watch.withLock({ $0.look(at: .current, isAsked: false) }) { continuation.yield(finding) }
        }

        func close() { continuation.finish() }
    }

    init(_ settings: Settings, loader: SecretLoader) {
        let watch = SecretWatch(
            settings.credentials, loader: loader, commandInterval: settings.tokens.secretCommandInterval,
            at: .current)
        let (findings, continuation) = AsyncStream<SecretWatch.Finding>.makeStream()
        self.findings = findings
        let eye = Eye(watch, continuation)
        self.eye = eye
        guard watch.isNeeded else {
            unsafe timer = nil
            return
        }
        let timer = DispatchSource.makeTimerSource(queue: queue)
        timer.schedule(deadline: .now() + .seconds(1), repeating: .seconds(1), leeway: .milliseconds(250))
        timer.setEventHandler { eye.look() }
        timer.activate()
        unsafe self.timer = timer
    }

    func stop() {
        unsafe timer?.cancel()
        eye.close()
    }
}

extension Instant {
    /// This moment on both clocks.
    static var current: Instant {
        Instant(boot: Nanoseconds(Clock.bootNanoseconds()), wall: Nanoseconds(Clock.wallNanoseconds()))
    }
}
