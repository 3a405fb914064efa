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
    package func wait(for count: Int, seconds: Double = 60) -> [Event] {
        let limit = Date(timeIntervalSinceNow: seconds)
        condition.lock()
        defer { condition.unlock() }
        while events.count < count, condition.wait(until: limit) {}
        return events
    }
}

/// Waits until `isTrue`, which is asked again every millisecond; false after `seconds`.
package func eventually(seconds: Double = 60, _ isTrue: () -> Bool) -> Bool {
    let limit = Date(timeIntervalSinceNow: seconds)
    while !isTrue() {
        guard Date() < limit else { return false }
        usleep(1000)
    }
    return true
}

/// This process's sockets that are bound to a port or connected to one. Other tests run at the same time, so
/// descriptors as such cannot be counted.
package func openSockets(onPort port: UInt16) -> Int {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
    return names.compactMap { Int32($0) }.count { descriptor in
        endPort(descriptor, getsockname) == port || endPort(descriptor, getpeername) == port
    }
}

private func endPort(
    _ descriptor: Int32, _ ask: (Int32, UnsafeMutablePointer<sockaddr>?, UnsafeMutablePointer<socklen_t>?) -> Int32
) -> UInt16? {
    var address = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { ask(descriptor, $0, &length) }
    }
    return result == 0 && Int32(address.sin_family) == AF_INET ? UInt16(bigEndian: address.sin_port) : nil
}
