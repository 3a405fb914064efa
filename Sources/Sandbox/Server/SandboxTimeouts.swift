/// How long the sandbox's server waits for a client, in nanoseconds.
package struct SandboxTimeouts: Sendable {
    package var handshake: Int64 = 10_000_000_000
    /// Between two requests, and before the first.
    package var idle: Int64 = 75_000_000_000
    /// From the first byte of a request's head to its last; dripping does not extend it.
    package var head: Int64 = 15_000_000_000
    /// Between two parts of a request's content.
    package var content: Int64 = 30_000_000_000
    /// While a client takes nothing of an answer.
    package var stall: Int64 = 60_000_000_000
    /// After the last answer, for the client to close.
    package var linger: Int64 = 2_000_000_000

    package init() {}
}
