/// Buffers of one event loop that are kept for their memory until they are needed again.
struct IdleBuffers {
    private var idle: [[UInt8]] = []

    private static let capacity = 128
    /// A buffer larger than this is given back to the allocator, in bytes.
    private static let largest = 16 << 10

    /// An empty one.
    mutating func take() -> [UInt8] { idle.popLast() ?? [] }

    mutating func giveBack(_ buffer: consuming [UInt8]) {
        guard idle.count < Self.capacity, (1...Self.largest).contains(buffer.capacity) else { return }
        buffer.removeAll(keepingCapacity: true)
        idle.append(buffer)
    }
}
