/// Memory that is lent for one read and what follows from it, so that no connection needs its own.
///
/// Taking it leaves nothing behind: whoever asks in the meantime gets fresh memory instead of a conflict.
package struct Scratch {
    private var bytes: [UInt8]?

    /// As much as eight full TLS records: fewer system calls for large bodies, still in the cache. (Half of it costs a
    /// download 10 % more of the kernel's time; twice as much saves nothing.)
    package static let size = 128 << 10

    package init() {}

    package mutating func take() -> [UInt8] {
        defer { bytes = nil }
        return bytes ?? [UInt8](repeating: 0, count: Self.size)
    }

    package mutating func giveBack(_ lent: consuming [UInt8]) { bytes = lent }
}
