/// A span of time, or a point on a clock counted from that clock's zero, in nanoseconds.
///
/// Arithmetic saturates: spans come from servers and from clocks that can be set to anything, and a
/// proxy that traps on a number has been switched off by whoever chose the number.
package struct Nanoseconds: Hashable, Comparable, Sendable {
    package var count: Int64

    package init(_ count: Int64) { self.count = count }

    package static let zero = Nanoseconds(0)

    package static func seconds(_ seconds: Int64) -> Nanoseconds { Nanoseconds(seconds).multiplied(by: 1_000_000_000) }

    package static func milliseconds(_ milliseconds: Int64) -> Nanoseconds {
        Nanoseconds(milliseconds).multiplied(by: 1_000_000)
    }

    /// Whole seconds, rounded towards negative infinity.
    package var wholeSeconds: Int64 {
        let (quotient, remainder) = count.quotientAndRemainder(dividingBy: 1_000_000_000)
        return remainder < 0 ? quotient - 1 : quotient
    }

    /// Whole seconds, rounded up: what a `Retry-After` may say without inviting a client too early.
    package var secondsRoundedUp: Int64 { count % 1_000_000_000 != 0 ? wholeSeconds + 1 : wholeSeconds }

    package static func < (left: Nanoseconds, right: Nanoseconds) -> Bool { left.count < right.count }

    package static func + (left: Nanoseconds, right: Nanoseconds) -> Nanoseconds {
        let (sum, overflow) = left.count.addingReportingOverflow(right.count)
        return overflow ? Nanoseconds(right.count < 0 ? .min : .max) : Nanoseconds(sum)
    }

    package static func - (left: Nanoseconds, right: Nanoseconds) -> Nanoseconds {
        let (difference, overflow) = left.count.subtractingReportingOverflow(right.count)
        return overflow ? Nanoseconds(right.count < 0 ? .max : .min) : Nanoseconds(difference)
    }

    package func multiplied(by factor: Int64) -> Nanoseconds {
        let (product, overflow) = count.multipliedReportingOverflow(by: factor)
        return overflow ? Nanoseconds((count < 0) == (factor < 0) ? .max : .min) : Nanoseconds(product)
    }

    /// `percent` hundredths of the span, for percentages between 0 and 100.
    package func hundredths(_ percent: Int64) -> Nanoseconds { Nanoseconds(count / 100).multiplied(by: percent) }
}

extension Nanoseconds: CustomStringConvertible {
    package var description: String { "\(count) ns" }
}
