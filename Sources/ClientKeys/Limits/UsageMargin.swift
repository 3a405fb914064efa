/// What is written of a count that may go on after it was written.
///
/// The file is written once a second. A crash in between loses what was counted since; so while a key is in use, what
/// is written is ahead of it by a hundredth of its quota. A clean end, and a second without requests, writes the
/// truth. A quota is thereby kept to within one in a hundred, whatever happens.
package enum UsageMargin {
    package static func written(_ count: DayCount, quota: Int?, isInUse: Bool) -> DayCount {
        guard isInUse, let quota else { return count }
        let limit = UInt64(clamping: quota)
        return DayCount(day: count.day, count: max(count.count, min(count.count + limit / 100, limit)))
    }
}
