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

    /// How long the disk may take to answer, in nanoseconds: a folder of another machine's may not answer at all, and
    /// must not keep anybody from a token.
    static let diskPatience: Int64 = 2_000_000_000

    /// Returns when what is being written is on the disk, or when that takes too long.
    func settle() async {
        let (ends, end) = AsyncStream<Void>.makeStream()
        if !pool.run({ end.finish() }) { end.finish() }
        let limit = Task {
            try await Task.sleep(for: .nanoseconds(Self.diskPatience))
            end.finish()
        }
        for await _ in ends {}
        limit.cancel()
    }
}
