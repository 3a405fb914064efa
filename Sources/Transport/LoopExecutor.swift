internal import CSystem
internal import Synchronization

/// Runs the jobs of the actors that live on one event loop.
///
/// Whatever is enqueued from outside waits in a mailbox and wakes the poller; the loop runs it between
/// two rounds of events. So an actor on this executor can be entered by `await` from anywhere, and by
/// `assumeIsolated` from the loop's own handlers: both are the same thread at the same time, never two.
package final class LoopExecutor: SerialExecutor {
    let poller: Poller
    private let mailbox = Mutex<Mailbox>(Mailbox())
    /// The thread that is running the loop right now, 0 when it sleeps in Dispatch.
    private let owner = Atomic<UInt>(0)

    private struct Mailbox {
        var jobs: [UnownedJob] = []
        var completions: [Completion] = []
        var isWakeSent = false
    }

    /// The outcome of work done elsewhere, for whoever waits for that number on the loop.
    struct Completion: Sendable {
        let number: UInt64
        let value: (any Sendable)?
    }

    package init() throws(SystemError) { poller = try Poller() }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        deliver { $0.jobs.append(job) }
    }

    /// Delivers an outcome to the loop; from any thread.
    func complete(_ number: UInt64, _ value: (any Sendable)?) {
        deliver { $0.completions.append(Completion(number: number, value: value)) }
    }

    private func deliver(_ put: (inout sending Mailbox) -> Void) {
        let mustWake = mailbox.withLock { box -> Bool in
            put(&box)
            defer { box.isWakeSent = true }
            return !box.isWakeSent
        }
        if mustWake { poller.wake() }
    }

    /// Runs the jobs that were delivered and returns the outcomes; on the loop's thread.
    func runDelivered() -> [Completion] {
        let (jobs, completions) = mailbox.withLock { box in
            defer { box = Mailbox() }
            return (box.jobs, box.completions)
        }
        for job in jobs { unsafe job.runSynchronously(on: asUnownedSerialExecutor()) }
        return completions
    }

    /// Marks the calling thread as the loop's for the time of `turn`.
    func withOwnership(_ turn: () -> Void) {
        owner.store(Self.thisThread, ordering: .relaxed)
        turn()
        owner.store(0, ordering: .relaxed)
    }

    package func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        unsafe UnownedSerialExecutor(ordinary: self)
    }

    package func checkIsolated() {
        precondition(isOnLoop, "entered from a thread that is not the loop's")
    }

    package func isIsolatingCurrentContext() -> Bool? { isOnLoop }

    private var isOnLoop: Bool { owner.load(ordering: .relaxed) == Self.thisThread }

    private static var thisThread: UInt { UInt(cartouche_thread()) }
}
