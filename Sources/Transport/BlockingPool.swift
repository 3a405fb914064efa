internal import Dispatch
internal import Synchronization

/// A few threads for calls that block and cannot be told not to: name look-ups, files.
///
/// Small and bounded on purpose. Dispatch's global queues would start a thread a second for as long as
/// their threads are blocked, and a resolver that never answers would have them all.
package final class BlockingPool: Sendable {
    private let queues: [DispatchQueue]
    private let waiting: Mutex<[Int]>

    /// Waiting per thread at the most; beyond that work is refused at once.
    private static let depth = 64

    package init(threads: Int = 4) {
        queues = (0..<max(threads, 1)).map { DispatchQueue(label: "cartouche.blocking.\($0)") }
        waiting = Mutex([Int](repeating: 0, count: max(threads, 1)))
    }

    /// Runs `work` on the least busy thread.
    /// - Returns: false where the pool is full and `work` will not run.
    package func run(_ work: @escaping @Sendable () -> Void) -> Bool {
        let chosen = waiting.withLock { counts -> Int? in
            var least = 0
            for index in counts.indices where counts[index] < counts[least] { least = index }
            guard counts[least] < Self.depth else { return nil }
            counts[least] += 1
            return least
        }
        guard let chosen else { return false }
        queues[chosen].async {
            work()
            self.waiting.withLock { $0[chosen] -= 1 }
        }
        return true
    }
}
