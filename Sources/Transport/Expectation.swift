internal import Synchronization

/// Something an event loop waits to be told by another thread.
package final class Expectation: Sendable {
    private let executor: LoopExecutor
    let number: UInt64
    private let isOpen = Atomic(true)

    init(executor: LoopExecutor, number: UInt64) {
        self.executor = executor
        self.number = number
    }

    /// Whether anybody still waits.
    package var isWanted: Bool { isOpen.load(ordering: .relaxed) }

    /// Tells it; from any thread. Only the first time counts.
    package func fulfil(_ value: (any Sendable)?) {
        guard isOpen.exchange(false, ordering: .relaxed) else { return }
        executor.complete(number, value)
    }

    func withdraw() { isOpen.store(false, ordering: .relaxed) }
}
