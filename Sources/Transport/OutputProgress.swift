/// Whether a peer that keeps us waiting takes anything at all.
///
/// The kernel says that there is room only when a third of what it buffers has gone: some megabytes, for which a slow peer
/// may need minutes. What it has acknowledged tells more. So half of a peer's time is let pass, and then, each half, it is
/// looked at whether it took enough in that half.
package struct OutputProgress {
    private var before: UInt64?

    package init() {}

    /// It has taken something, or is waited for from now on.
    package mutating func begin() { before = nil }

    /// Half of its time has passed. Whether it gets another half.
    ///
    /// - Parameters:
    ///   - taken: all that it has acknowledged so far, in bytes.
    ///   - least: what it should have taken in half of its time; one byte at least.
    package mutating func goesOn(taken: UInt64, least: UInt64) -> Bool {
        defer { before = taken }
        guard let before else { return true }
        return taken &- before >= max(least, 1)
    }
}
