/// What a descriptor was reported ready for.
package struct Readiness: OptionSet, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let readable = Readiness(rawValue: 1)
    package static let writable = Readiness(rawValue: 2)
    /// The peer will send no more: it closed, or shut down its sending side.
    package static let peerFinished = Readiness(rawValue: 4)
    /// The connection is gone in both directions, or failed.
    package static let hungUp = Readiness(rawValue: 8)
}

/// What is to be watched, and how.
enum Interest {
    /// Both directions of a connection, reported when they become ready and not again until then.
    case connectionEdges
    /// A listener, reported while a connection waits; one of several loops is woken.
    case sharedListener
    /// A descriptor of the loop's own, reported while it is readable.
    case readable
}
