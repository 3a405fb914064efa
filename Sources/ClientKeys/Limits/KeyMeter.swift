import Synchronization

/// What a key has used, counted by all event loops together and kept when the keys are read anew.
package final class KeyMeter: Sendable {
    private let bucket = Atomic<Int64>(0)
    private let day: Atomic<UInt64>

    package init(_ count: DayCount = DayCount(day: 0, count: 0)) { day = Atomic(count.packed) }

    package enum Charge: Equatable, Sendable {
        case granted
        /// Faster than its rate; nanoseconds until the next may come.
        case tooFast(wait: Int64)
        case quotaSpent
    }

    /// Counts one request. What is refused counts against neither.
    package func charge(_ rate: RateLimit?, quota: Int?, boot: Int64, wall: Int64) -> Charge {
        let today = DayCount.day(ofWallNanoseconds: wall)
        // Looked at first, so that what has no quota left does not use up the rate.
        if dayCount.adding(on: today, quota: quota) == nil { return .quotaSpent }
        if let rate, let wait = takeToken(rate, at: boot) { return .tooFast(wait: wait) }
        return count(on: today, quota: quota) ? .granted : .quotaSpent
    }

    private func takeToken(_ rate: RateLimit, at now: Int64) -> Int64? {
        var seen = bucket.load(ordering: .relaxed)
        while true {
            switch TokenBucket(fullAt: seen).taking(at: now, rate) {
            case .empty(let wait): return wait
            case .taken(let next):
                let (isDone, found) = bucket.weakCompareExchange(
                    expected: seen, desired: next.fullAt, ordering: .relaxed)
                if isDone { return nil }
                seen = found
            }
        }
    }

    private func count(on today: UInt32, quota: Int?) -> Bool {
        var seen = day.load(ordering: .relaxed)
        while true {
            guard let next = DayCount(packed: seen).adding(on: today, quota: quota) else { return false }
            let (isDone, found) = day.weakCompareExchange(expected: seen, desired: next.packed, ordering: .relaxed)
            if isDone { return true }
            seen = found
        }
    }

    /// Adds what was counted elsewhere.
    ///
    /// - Parameter former: what of it was added before.
    package func absorb(_ other: DayCount, since former: DayCount?) {
        let known = former?.day == other.day ? former?.count ?? 0 : 0
        var seen = day.load(ordering: .relaxed)
        while true {
            let mine = DayCount(packed: seen)
            guard other.day >= mine.day else { return }
            let own = mine.day == other.day ? mine.count : 0
            // The other's count may have become less: while it is in use it is written ahead of the truth.
            let sum = other.count >= known ? own + (other.count - known) : own - min(own, known - other.count)
            let next = DayCount(day: other.day, count: sum)
            let (isDone, found) = day.weakCompareExchange(expected: seen, desired: next.packed, ordering: .relaxed)
            if isDone { return }
            seen = found
        }
    }

    package var dayCount: DayCount { DayCount(packed: day.load(ordering: .relaxed)) }
}
