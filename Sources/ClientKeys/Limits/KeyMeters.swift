import Synchronization

/// The meters of all keys, by name. A key that was revoked, or read anew, goes on where it was.
package final class KeyMeters: Sendable {
    private let meters = Mutex<[String: KeyMeter]>([:])

    package init() {}

    package func meter(of name: String) -> KeyMeter {
        meters.withLock { meters in
            if let meter = meters[name] { return meter }
            let meter = KeyMeter()
            meters[name] = meter
            return meter
        }
    }

    package var counts: [String: DayCount] { meters.withLock { $0.mapValues(\.dayCount) } }
}
