/// One moment read from two clocks.
///
/// `boot` counts nanoseconds since the machine started, suspension included (CLOCK_BOOTTIME on Linux,
/// `mach_continuous_time` on macOS). Nobody can set it, so within a process it alone decides whether a
/// token has expired. `wall` counts nanoseconds since 1970 and may jump either way at any time; it is
/// for what outlives the machine's uptime, and a hint when it disagrees with `boot`.
package struct Instant: Hashable, Sendable {
    package var boot: Nanoseconds
    package var wall: Nanoseconds

    package init(boot: Nanoseconds, wall: Nanoseconds) {
        self.boot = boot
        self.wall = wall
    }
}
