import Wire

/// How much one event loop may have open or waiting towards one upstream.
package struct PoolLimits: Equatable, Sendable {
    /// Connections, open or being opened.
    package var connections: Int
    /// Exchanges that wait for a connection.
    package var waiting: Int
    /// Connections that are being opened at any time for clients with hardly any room for an answer.
    package var openingForNarrow = 2
    /// The size of an answer's head.
    package var heads: HeadLimits
    /// Requests sent a second time: at once, and in a second of many.
    package var retries = 256
    package var retriesPerSecond = 10
    /// Addresses that are tried for one connection after one that was connected to and then failed.
    package var furtherAddresses = 2
    /// The size of the head of an egress proxy's answer.
    package var tunnelHeads = HeadLimits(requestLine: 4 << 10, head: 16 << 10, fields: 100)

    package init(connections: Int = 512, waiting: Int = 4096, heads: HeadLimits = HeadLimits()) {
        self.connections = connections
        self.waiting = waiting
        self.heads = heads
    }
}
