/// The content of an answer: as it is, or how to make it without holding it all.
package enum SandboxBody: Sendable, Equatable {
    case bytes([UInt8])
    /// Parts of an event stream, each flushed when it is written, `interval` apart.
    case events([[UInt8]], interval: Duration)
    case repeated(RepeatedBlock)
}

/// Content of any size from a block that repeats: `prefix`, then `block` `count` times, then `suffix`.
package struct RepeatedBlock: Sendable, Equatable {
    package var prefix: [UInt8]
    package var block: [UInt8]
    package var count: Int
    package var suffix: [UInt8]

    package init(prefix: [UInt8] = [], block: [UInt8], count: Int, suffix: [UInt8] = []) {
        self.prefix = prefix
        self.block = block
        self.count = max(count, 0)
        self.suffix = suffix
    }

    /// The content's length in bytes, for `Content-Length`.
    package var length: Int64 {
        let (blocks, overflow) = Int64(clamping: block.count).multipliedReportingOverflow(by: Int64(clamping: count))
        let edges = Int64(clamping: prefix.count) &+ Int64(clamping: suffix.count)
        let (sum, overflowed) = blocks.addingReportingOverflow(edges)
        return overflow || overflowed ? .max : sum
    }
}
