internal import Dispatch
internal import Synchronization

/// A few threads for calls that block and cannot be told not to, such as name look-ups.
///
/// Small and bounded on purpose. Dispatch's global queues would start a thread a second for as long as
/// their threads are blocked, and a resolver that never answers would have them all. Nothing waits behind a call that
/// hangs while another thread is free.
package final class BlockingPool: Sendable {
    private typealias Work = @Sendable () -> Void

    private struct Line {
        /// Numbers of threads that do nothing.
        var free: [Int]
        /// In the order of arrival.
        var waiting: [Work] = []
    }

    private let queues: [DispatchQueue]
    private let line: Mutex<Line>
    private let limit: Int

    /// Waiting per thread at the most; beyond that work is refused at once.
    private static let depth = 64

    package init(threads: Int = 8) {
        let count = max(threads, 1)
        queues = (0..<count).map { DispatchQueue(label: "cartouche.blocking.\($0)") }
        line = Mutex(Line(free: Array((0..<count).reversed())))
        limit = count * Self.depth
    }

    /// Runs `work` on a thread that is free, or on the first that will be.
    /// - Returns: false where the pool is full and `work` will not run.
    package func run(_ work: @escaping @Sendable () -> Void) -> Bool {
        enum Place {
            case thread(Int)
            case line
            case nowhere
        }
        let place = line.withLock { line -> Place in
            if let thread = line.free.popLast() { return .thread(thread) }
            guard line.waiting.count < limit else { return .nowhere }
            line.waiting.append(work)
            return .line
        }
        switch place {
        case .thread(let thread): queues[thread].async { self.serve(work, thread) }
        case .line: break
        case .nowhere: return false
        }
        return true
    }

    private func serve(_ first: @escaping Work, _ thread: Int) {
        var next: Work? = first
        while let work = next {
            work()
            next = line.withLock { line in
                if line.waiting.isEmpty {
                    line.free.append(thread)
                    return nil
                }
                return line.waiting.removeFirst()
            }
        }
    }
}
