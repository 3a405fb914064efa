import Configuration
import Credentials
import Dispatch
import Transport

/// Looks after the sources of the secrets on a thread of its own, for as long as it lives.
final class SecretWatcher: Sendable {
    let findings: AsyncStream<SecretWatch.Finding>
    private let work: Work
    private let queue = DispatchQueue(label: "cartouche.secrets")
    // libdispatch's objects may be used from any thread; the protocol does not say so.
    private nonisolated(unsafe) let timer: (any DispatchSourceTimer)?

    /// What is touched on the queue only.
    private final class Work: @unchecked Sendable {
        // Unchecked: every use is on the one serial queue.
        private var watch: SecretWatch
        private let continuation: AsyncStream<SecretWatch.Finding>.Continuation

        init(_ watch: SecretWatch, _ continuation: AsyncStream<SecretWatch.Finding>.Continuation) {
            self.watch = watch
            self.continuation = continuation
        }

        func look(isAsked: Bool) {
            for finding in watch.look(at: SecretWatcher.now, isAsked: isAsked) { continuation.yield(finding) }
        }
    }

    init(_ settings: Settings, loader: SecretLoader) {
        let watch = SecretWatch(
            settings.credentials, loader: loader, commandInterval: settings.tokens.secretCommandInterval,
            at: Self.now)
        let (findings, continuation) = AsyncStream<SecretWatch.Finding>.makeStream()
        self.findings = findings
        let work = Work(watch, continuation)
        self.work = work
        guard watch.isNeeded else {
            unsafe timer = nil
            return
        }
        let timer = DispatchSource.makeTimerSource(queue: queue)
        timer.schedule(deadline: .now() + .seconds(1), repeating: .seconds(1), leeway: .milliseconds(250))
        timer.setEventHandler { work.look(isAsked: false) }
        timer.activate()
        unsafe self.timer = timer
    }

    /// Reads everything again, changed or not.
    func lookNow() { queue.async { [work] in work.look(isAsked: true) } }

    func stop() { unsafe timer?.cancel() }

    private static var now: Instant {
        Instant(boot: Nanoseconds(Clock.bootNanoseconds()), wall: Nanoseconds(Clock.wallNanoseconds()))
    }
}
