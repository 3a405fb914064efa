/// How long a client, and what it waits for, is waited for; all in nanoseconds.
package struct DownstreamTimeouts: Sendable {
    /// From the first byte of a request's head to its last; dripping does not extend it.
    package var head: Int64
    /// Between two parts of a request's body.
    package var bodyIdle: Int64
    /// Bytes of a body in a second: a client that sends fewer has ``bodyIdle`` in all, and one that takes fewer of an
    /// answer, ``stall``. 0: any.
    package var minimumBodyRate = 0
    /// While a client takes nothing of an answer.
    package var stall: Int64
    /// Between two requests, and before the first.
    package var keepAlive: Int64
    /// For a token, by one request.
    package var token: Int64
    /// For a connection to the upstream, by one request.
    package var queue: Int64
    /// After the last answer, for the client to close.
    package var linger: Int64
    /// After being told to stop, for requests under way.
    package var drain: Int64

    package init(
        head: Int64 = 15_000_000_000, bodyIdle: Int64 = 30_000_000_000, stall: Int64 = 60_000_000_000,
        keepAlive: Int64 = 75_000_000_000, token: Int64 = 20_000_000_000, queue: Int64 = 30_000_000_000,
        linger: Int64 = 2_000_000_000, drain: Int64 = 30_000_000_000
    ) {
        self.head = head
        self.bodyIdle = bodyIdle
        self.stall = stall
        self.keepAlive = keepAlive
        self.token = token
        self.queue = queue
        self.linger = linger
        self.drain = drain
    }
}
