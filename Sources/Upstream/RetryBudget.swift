/// How often requests to one upstream may be sent a second time: retries must not become a load of their own where an
/// upstream fails. It does no I/O.
struct RetryBudget {
    private let capacity: Int
    /// From one retry that is saved up to the next, in nanoseconds.
    private let interval: Int64
    private var saved: Int
    private var savedAt: Int64?

    /// - Parameters:
    ///   - capacity: at once; as many as connections can die at once.
    ///   - perSecond: in the long run; at least one.
    init(capacity: Int, perSecond: Int) {
        self.capacity = max(capacity, 0)
        interval = max(1_000_000_000 / Int64(clamping: max(perSecond, 1)), 1)
        saved = self.capacity
    }

    /// Whether there may be one more at that time (boot clock, nanoseconds).
    mutating func take(at now: Int64) -> Bool {
        if let since = savedAt, now > since {
            let earned = max(now &- since, 0) / interval
            saved += Int(clamping: min(earned, Int64(clamping: capacity - saved)))
            savedAt = saved == capacity ? now : since &+ earned &* interval
        } else if savedAt == nil {
            savedAt = now
        }
        guard saved > 0 else { return false }
        saved -= 1
        return true
    }
}
