/// Counts tokens issued in a window that begins with its first one.
struct QuotaWindow: Sendable {
    private var start: Int64 = .min
    private var count = 0

    /// Takes one from the quota, or tells in how many seconds there will be one again.
    mutating func take(_ quota: TokenQuota, now: Int64) -> Int64? {
        let age = now.subtractingReportingOverflow(start)
        if age.overflow || age.partialValue < 0 || age.partialValue >= quota.seconds {
            start = now
            count = 0
        }
        guard count < quota.count else { return max(start &+ quota.seconds &- now, 1) }
        count += 1
        return nil
    }
}
