import TestSupport

/// Choices that follow from an input alone: the same input is always cut the same way.
struct Draw {
    private var random: SplitMix64

    init(_ input: [UInt8]) {
        // FNV-1a.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in input { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        random = SplitMix64(seed: hash)
    }

    mutating func below(_ bound: Int) -> Int { random.below(max(bound, 1)) }

    mutating func chance(_ one: Int) -> Bool { random.chance(one) }

    mutating func pick<Element>(_ elements: [Element]) -> Element { random.pick(elements) }

    /// Pieces that together are `bytes`: of any size, or short enough to cut every token.
    mutating func pieces(_ bytes: [UInt8]) -> [[UInt8]] {
        random.pieces(of: bytes, longest: pick([3, 12, max(bytes.count, 1)]))
    }
}
