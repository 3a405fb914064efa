/// How long an upstream is waited for; all in nanoseconds.
package struct UpstreamTimeouts: Equatable, Sendable {
    /// For a name to be resolved.
    package var lookUp: Int64
    /// For how long a name's addresses are taken to be good. Short enough to follow a change of the network, long
    /// enough that bursts ask once.
    package var addressLife: Int64 = 30_000_000_000
    /// For a TCP connection, all addresses together.
    package var connect: Int64
    /// For an egress proxy to open a tunnel; it connects meanwhile.
    package var tunnel: Int64
    /// For the TLS handshake.
    package var handshake: Int64
    /// From the last byte sent, or taken by the upstream, to the first byte of the answer. CARTO's own limit
    /// is 60 s; ours lies above it, so that its answer wins.
    package var answer: Int64
    /// Between two parts of an answer, and while the upstream takes nothing of a request.
    package var stall: Int64
    /// For a client that keeps a connection waiting which others need: longer than a packet takes round the world.
    package var slowClient: Int64 = 300_000_000
    /// For a connection nobody uses. Below the common 60 s of load balancers, so that we close first.
    package var idle: Int64

    package init(
        lookUp: Int64 = 10_000_000_000, connect: Int64 = 10_000_000_000, tunnel: Int64 = 10_000_000_000,
        handshake: Int64 = 10_000_000_000, answer: Int64 = 75_000_000_000, stall: Int64 = 60_000_000_000,
        idle: Int64 = 50_000_000_000
    ) {
        self.lookUp = lookUp
        self.connect = connect
        self.tunnel = tunnel
        self.handshake = handshake
        self.answer = answer
        self.stall = stall
        self.idle = idle
    }
}
