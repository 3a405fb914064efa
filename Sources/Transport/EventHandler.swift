/// What an event loop calls back: a connection, a listener, a dialler, a timer.
///
/// The loop holds its handlers; to be deregistered is to be let go.
package protocol EventHandler: AnyObject {
    /// The descriptor became ready. With edges, what is reported once is not reported again until it has
    /// been used up: read until there is no more, or remember that there may be.
    func becameReady(_ readiness: Readiness)

    /// The deadline set for this registration has passed; it is cleared.
    func deadlinePassed()
}
