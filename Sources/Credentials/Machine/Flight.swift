/// The number of one token request. An outcome reported under any other number than that of the flight
/// under way belongs to a request that was given up, and is ignored.
package struct Flight: Hashable, Sendable {
    package let number: UInt64

    package init(_ number: UInt64) { self.number = number }
}
