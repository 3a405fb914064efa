import TokenStore
import Transport

/// The tokens on disk, with the thread that may wait for it.
struct KeptTokens: Sendable {
    let store: TokenStore
    /// Of one thread: what is begun later ends later.
    let pool: BlockingPool

    /// How long to leave another process alone that is fetching the same token, in nanoseconds. It may have met a
    /// server that hangs; after this we try for ourselves.
    static let patience: Int64 = 5_000_000_000
    /// How often to look whether it has ended, in nanoseconds.
    static let pause: Int64 = 100_000_000

    /// Returns when what is being written is on the disk.
    func settle() async {
        await withCheckedContinuation { continuation in
            if !pool.run({ continuation.resume() }) { continuation.resume() }
        }
    }
}
