import Secrets

/// Our secrets in every form in which they are searched for, compiled once and shared.
///
/// The search takes one step for 8 bytes. Every form has at least 16 characters, so wherever it stands, one
/// of the words of 8 bytes at offsets 0, 8, 16… of the text lies within its first 15. Those 8 possible
/// words of each form are in a filter of a few KiB; what passes the filter is looked up and compared. A form
/// that is written with escapes either begins with 15 characters that are not, and is found the same way,
/// or has its first escape among them, and is found from there.
///
/// What is kept beside the forms themselves, which are ``Secret`` values, are hashes.
///
/// A class, so that each body that is searched counts one reference to it, not ten.
package final class GuardPatterns: Sendable {
    /// Shorter secrets are not guarded: they would be found in text that is not theirs. In bytes.
    package static let shortestSecret = 16

    static let headCount = 15
    static let headStride = 16
    static let wordCount = 8

    /// Of no secrets.
    package static let none = GuardPatterns([])

    let forms: [Secret]
    /// The first 15 bytes of each form, 16 bytes apart; the one between is NUL.
    let heads: Secret
    /// The byte with which each form begins.
    let firsts: Secret
    /// The same bytes as a set.
    let firstBytes: ByteSet
    /// The bytes that occur within heads.
    let headBytes: ByteSet
    /// Whether forms hold `%` or `\`, which then may stand for themselves or begin an escape.
    let holdEscapes: Bool
    /// The most bytes a form takes, each of its own written as `\u0000`.
    let longestWritten: Int

    private let filter: [UInt64]
    private let filterShift: UInt64
    // Open addressing; a slot holds 1 + form × 8 + offset of the word in its head, 0 when it is free.
    private let slots: [UInt32]
    private let tags: [UInt32]

    /// How many of the secrets were too short to be guarded.
    package let unguardedCount: Int

    package init(_ secrets: [Secret]) {
        var forms: [Secret] = []
        for secret in secrets where secret.count >= Self.shortestSecret {
            for variant in SecretEncodings.variants(of: secret) where !forms.contains(where: { $0.matches(variant) }) {
                forms.append(variant)
            }
        }
        self.forms = forms
        unguardedCount = secrets.count { $0.count < Self.shortestSecret }

        var heads = [UInt8](repeating: 0, count: forms.count &* Self.headStride)
        var firsts: [UInt8] = []
        firsts.reserveCapacity(forms.count)
        var firstBytes = ByteSet()
        var headBytes = ByteSet()
        var holdEscapes = false
        for (index, form) in forms.enumerated() {
            form.withExposedBytes { bytes in
                firsts.append(bytes[0])
                firstBytes.insert(bytes[0])
                for offset in 0..<Self.headCount {
                    heads[index &* Self.headStride &+ offset] = bytes[offset]
                    headBytes.insert(bytes[offset])
                }
                for offset in bytes.indices where bytes[offset] == 0x25 || bytes[offset] == 0x5c { holdEscapes = true }
            }
        }
        self.firstBytes = firstBytes
        self.headBytes = headBytes
        self.holdEscapes = holdEscapes
        longestWritten = (forms.map(\.count).max() ?? 0) &* 6

        let words = forms.count &* Self.wordCount
        // One word in 128 of any text passes that is not there: a false alarm costs as much as thirty words.
        let filterBits = max(12, Self.bits(holding: words &* 128))
        let slotCount = 1 << Self.bits(holding: max(words, 1) &* 4)
        var filter = [UInt64](repeating: 0, count: 1 << (filterBits &- 6))
        var slots = [UInt32](repeating: 0, count: slotCount)
        var tags = [UInt32](repeating: 0, count: slotCount)
        let shift = UInt64(64 &- filterBits)
        for form in forms.indices {
            for offset in 0..<Self.wordCount {
                let hash = Self.hash(Self.word(heads.span, at: form &* Self.headStride &+ offset))
                let bit = hash >> shift
                filter[Int(bit >> 6)] |= 1 << (bit & 63)
                var slot = Int(truncatingIfNeeded: hash >> 40) & (slotCount &- 1)
                while slots[slot] != 0 { slot = (slot &+ 1) & (slotCount &- 1) }
                slots[slot] = UInt32(truncatingIfNeeded: 1 &+ form &* Self.wordCount &+ offset)
                tags[slot] = UInt32(truncatingIfNeeded: hash >> 8)
            }
        }
        self.heads = Secret(copying: heads.span)
        wipe(&heads)
        self.firsts = Secret(copying: firsts.span)
        wipe(&firsts)
        self.filter = filter
        self.slots = slots
        self.tags = tags
        filterShift = shift
    }

    package var isEmpty: Bool { forms.isEmpty }

    private static func bits(holding count: Int) -> Int {
        Int.bitWidth &- max(count &- 1, 1).leadingZeroBitCount
    }

    private static func word(_ bytes: Span<UInt8>, at start: Int) -> UInt64 {
        var word: UInt64 = 0
        for offset in 0..<wordCount { word |= UInt64(bytes[start &+ offset]) << UInt64(offset &* 8) }
        return word
    }

    @inline(__always)
    private static func hash(_ word: UInt64) -> UInt64 {
        word &* 0x9e37_79b9_7f4a_7c15
    }

    /// The first index at or after `start`, which is a multiple of 8, at which a word passes the filter.
    func firstSuspect(in bytes: Span<UInt8>, from start: Int) -> Int? {
        unsafe bytes.withUnsafeBytes { raw in
            unsafe filter.withUnsafeBufferPointer { filter in
                // 1 where the word at `index` passes the filter, else 0.
                @inline(__always) func passes(_ index: Int) -> UInt64 {
                    let word = UInt64(littleEndian: unsafe raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
                    let bit = Self.hash(word) >> filterShift
                    // In bounds: the shift leaves as many bits as the filter has.
                    return unsafe filter[Int(truncatingIfNeeded: bit >> 6)] >> (bit & 63) & 1
                }
                var index = start
                let last = raw.count &- Self.wordCount
                // Four at a time, so that none waits for the one before: twice as fast.
                while index <= last &- 3 &* Self.wordCount {
                    let found =
                        passes(index) | passes(index &+ 8) | passes(index &+ 16) | passes(index &+ 24)
                    if found != 0 { break }
                    index &+= 4 &* Self.wordCount
                }
                while index <= last {
                    if passes(index) != 0 { return index }
                    index &+= Self.wordCount
                }
                return nil
            }
        }
    }

    /// Calls `body` with each form that has the word at `index` in its head, and where that form would begin.
    func forEachForm(withWordAt index: Int, in bytes: Span<UInt8>, _ body: (_ form: Int, _ start: Int) -> Void) {
        let hash = Self.hash(Self.word(bytes, at: index))
        let tag = UInt32(truncatingIfNeeded: hash >> 8)
        let mask = slots.count &- 1
        var slot = Int(truncatingIfNeeded: hash >> 40) & mask
        while slots[slot] != 0 {
            if tags[slot] == tag {
                let entry = Int(slots[slot] &- 1)
                body(entry / Self.wordCount, index &- entry % Self.wordCount)
            }
            slot = (slot &+ 1) & mask
        }
    }
}
