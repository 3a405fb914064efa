/// When clients that take their time, over their body or the answer, give way to others. It does no I/O.
///
/// Half of the connections are theirs. Where they hold more, and so many are in use that fewer are left than a reserve,
/// who has done nothing for longest gives way, if that is longer than ``UpstreamTimeouts/slowClient``. So whoever reads
/// and writes finds a connection and does not have to wait behind them. A client that is slow and goes on is not
/// touched.
///
/// Requests that are not whole wait for room in that half. While some do it is made in the same way, but not often:
/// each time a connection has to be opened, which costs all others.
struct Relief {
    /// What a pool's connections are doing.
    struct Load {
        /// Those that serve an exchange; of them, those whose client is waited for. Without those that give way
        /// already.
        var serving: Int
        var awaitingClients: Int
        /// Exchanges that wait for a connection, with a whole request and without.
        var waitingWhole: Int
        var waitingPartial: Int
    }

    let limits: PoolLimits
    /// What is waited for a client, in nanoseconds.
    let patience: Int64
    /// When a client was last told to give way (boot clock), and how many were and have not yet.
    private(set) var last: Int64 = 0
    private(set) var leaving = 0

    init(limits: PoolLimits, patience: Int64) {
        self.limits = limits
        self.patience = patience
    }

    /// How long until the client that has been waited for since `since` gives way, in nanoseconds: 0 or less is now;
    /// nil: it does not have to.
    func wait(since: Int64, load: Load, at now: Int64) -> Int64? {
        let rest = since &+ patience &- now
        if load.awaitingClients > limits.forSlowClients,
            load.serving + load.waitingWhole > limits.connections - limits.reserve
        {
            return rest
        }
        guard load.awaitingClients >= limits.forSlowClients, load.waitingPartial > leaving else { return nil }
        return max(rest, last &+ patience / 48 &- now)
    }

    mutating func told(at now: Int64) {
        last = now
        leaving += 1
    }

    mutating func left() { leaving -= 1 }
}
