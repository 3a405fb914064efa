import Admission
import Synchronization

/// How many connections each client beyond this machine has, on all event loops together.
final class PeerCounter: Sendable {
    private let counts = Mutex<[PeerAddress: Int]>([:])

    /// - Returns: false where it has as many as it may; nothing is counted then.
    func enter(_ host: PeerAddress, limit: Int) -> Bool {
        counts.withLock { counts in
            let count = counts[host] ?? 0
            guard count < limit else { return false }
            counts[host] = count + 1
            return true
        }
    }

    func leave(_ host: PeerAddress) {
        counts.withLock { counts in
            guard let count = counts[host] else { return }
            counts[host] = count > 1 ? count - 1 : nil
        }
    }
}
