/// How many requests there were on a day. A day is one of UTC, so that it begins at one moment for everybody.
package struct DayCount: Equatable, Sendable {
    /// Days since 1970.
    package let day: UInt32
    package let count: UInt64

    /// What fits into the bits of ``packed``.
    static let largestDay: UInt32 = 1 << 24 - 1
    static let largestCount: UInt64 = 1 << 40 - 1

    package init(day: UInt32, count: UInt64) {
        self.day = min(day, Self.largestDay)
        self.count = min(count, Self.largestCount)
    }

    package static func day(ofWallNanoseconds wall: Int64) -> UInt32 {
        UInt32(clamping: min(max(wall, 0) / 86_400_000_000_000, Int64(largestDay)))
    }

    /// Seconds until the next day begins, rounded up.
    package static func secondsLeft(ofWallNanoseconds wall: Int64) -> Int64 {
        let ofDay = max(wall, 0) % 86_400_000_000_000
        return (86_400_000_000_000 - ofDay + 999_999_999) / 1_000_000_000
    }

    /// What counts on that day. A clock that steps back over midnight does not give the quota a second time; one that
    /// steps back further was wrong before, and is believed now.
    package func rolled(to today: UInt32) -> DayCount {
        if today == day || (day > 0 && today == day - 1) { return self }
        return DayCount(day: today, count: 0)
    }

    /// One more, or nil where the quota is spent.
    package func adding(on today: UInt32, quota: Int?) -> DayCount? {
        let now = rolled(to: today)
        if let quota, now.count >= UInt64(clamping: quota) { return nil }
        return DayCount(day: now.day, count: now.count + 1)
    }

    /// One number, which an atomic can hold.
    var packed: UInt64 { UInt64(day) << 40 | count }

    init(packed: UInt64) {
        day = UInt32(truncatingIfNeeded: packed >> 40)
        count = packed & Self.largestCount
    }
}
