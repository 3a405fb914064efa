import Foundation
import Synchronization

/// Runs blocking work on a thread of its own, so that tests that wait for sockets do not occupy the few
/// threads that asynchronous code shares. It stays part of the test's task.
package func blocking<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withTaskExecutorPreference(OwnThreads.executor) { try await perform(work) }
}

@concurrent private func perform<Value: Sendable>(_ work: @Sendable () throws -> Value) async throws -> Value {
    try work()
}

private final class OwnThreads: TaskExecutor {
    static let executor = OwnThreads()

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        Thread.detachNewThread { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

/// What a test waits for, told from any thread.
package final class Recorder<Event: Sendable>: @unchecked Sendable {
    // Guarded by the condition.
    private var events: [Event] = []
    private let condition = NSCondition()

    package init() {}

    package func note(_ event: Event) {
        condition.lock()
        events.append(event)
        condition.broadcast()
        condition.unlock()
    }

    package var all: [Event] {
        condition.lock()
        defer { condition.unlock() }
        return events
    }

    /// Waits until there are `count`; gives what there is after `seconds` at the latest.
    @discardableResult
    package func wait(for count: Int, seconds: Double = 20) -> [Event] {
        let limit = Date(timeIntervalSinceNow: seconds)
        condition.lock()
        defer { condition.unlock() }
        while events.count < count, condition.wait(until: limit) {}
        return events
    }
}

/// Waits until `isTrue`, which is asked again every millisecond; false after `seconds`.
package func eventually(seconds: Double = 20, _ isTrue: () -> Bool) -> Bool {
    let limit = Date(timeIntervalSinceNow: seconds)
    while !isTrue() {
        guard Date() < limit else { return false }
        usleep(1000)
    }
    return true
}

/// How many descriptors this process has open.
package func openDescriptors() -> Int {
    ((try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd"))?.count ?? 1) - 1
}
