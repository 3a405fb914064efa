internal import CSystem

/// The clocks of this program, in nanoseconds.
package enum Clock {
    /// Since the machine started, time asleep included; what every deadline and token life runs on.
    package static func bootNanoseconds() -> Int64 { cartouche_boot_clock() }

    /// Since 1970; only for dates that are shown, sent or written to disk.
    package static func wallNanoseconds() -> Int64 { cartouche_wall_clock() }

    /// Has the thread sleep for so long and a little more; less than a second. A signal may end it early.
    static func pause(nanoseconds: Int64) {
        var time = timespec(tv_sec: 0, tv_nsec: Int(nanoseconds))
        _ = unsafe nanosleep(&time, nil)
    }
}

extension Duration {
    /// Whole nanoseconds, clamped to what an `Int64` holds.
    package var clampedNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, carried) = product.addingReportingOverflow(attoseconds / 1_000_000_000)
        return overflow || carried ? (seconds < 0 ? .min : .max) : sum
    }
}
