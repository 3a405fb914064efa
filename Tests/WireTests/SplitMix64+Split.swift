import TestSupport

extension SplitMix64 {
    /// Random pieces that together are `bytes`, short enough to cut every line.
    mutating func split(_ bytes: [UInt8]) -> [[UInt8]] { pieces(of: bytes, longest: 12) }
}
