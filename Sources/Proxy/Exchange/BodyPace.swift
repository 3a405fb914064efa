/// How much longer a client may take over its request's body: while we wait for it its patience runs out, and what it
/// sends gains it time, at a least rate. So it may pause, but not drip for ever: it holds an upstream connection.
///
/// Time counts only while the client owes something, not while it is kept from sending. It does no I/O.
struct BodyPace {
    /// What is left of it, and what it can be at most, in nanoseconds.
    private var left: Int64
    private let patience: Int64
    /// That a byte gains; 0: the rate does not matter.
    private let perByte: Int64
    /// Since when it has been waited for.
    private var since: Int64?

    /// - Parameters:
    ///   - patience: how long it may pause, in nanoseconds.
    ///   - rate: bytes in a second, at least; 0 for any.
    init(patience: Int64, rate: Int) {
        self.patience = patience
        left = patience
        perByte = rate > 0 ? max(1_000_000_000 / Int64(clamping: rate), 1) : 0
    }

    /// The client owes something from now on.
    ///
    /// - Returns: how long it may be waited for, in nanoseconds.
    mutating func wait(at now: Int64) -> Int64 {
        settle(at: now)
        since = now
        return perByte > 0 ? max(left, 0) : patience
    }

    /// It is not waited for: what is stuck is stuck elsewhere.
    mutating func rest(at now: Int64) {
        settle(at: now)
        since = nil
    }

    mutating func received(_ count: Int, at now: Int64) {
        settle(at: now)
        let (gain, overflow) = Int64(clamping: count).multipliedReportingOverflow(by: perByte)
        left = overflow || gain > patience - left ? patience : left + gain
    }

    private mutating func settle(at now: Int64) {
        guard let since, now > since else { return }
        left = max(left &- (now &- since), 0)
        self.since = now
    }
}
