import Secrets

/// Our secrets in every form in which they are searched for, compiled once and shared.
///
/// The search looks at one word of 8 bytes in each stride of 8, 16 or 32. The stride is such that wherever a form
/// stands, one of the words at its multiples lies within the form's head: its first `stride + 7` characters. The
/// shortest form decides it; every form has at least 16 characters. The `stride` possible words of each form are in
/// a filter of a few KiB; what passes the filter is looked up and compared. A form that is written with escapes
/// either begins with a head that holds none, and is found the same way, or has its first escape there, and is found
/// from there. (A stride of 32 instead of 8 makes a quarter of the work: 75 µs less for 1 MiB.)
///
/// What is kept beside the forms themselves, which are ``Secret`` values, are hashes.
///
/// A class, so that each body that is searched counts one reference to it, not ten.
package final class GuardPatterns: Sendable {
    /// Shorter secrets are not guarded: they would be found in text that is not theirs. In bytes.
    package static let shortestSecret = 16

    private static let wordSize = 8
    private static let longestStride = 32
    private static let filterBitsAtMost = 17
    /// Leaves a few bits more than the largest filter takes.
    private static let filterShift: UInt64 = 44

    /// Of no secrets.
    package static let none = GuardPatterns([])

    let forms: [Secret]
    /// How far apart the words are that are looked at: a power of two, in bytes.
    let stride: Int
    /// How many bytes of each form are its head: those that hold a word wherever the form stands.
    let headCount: Int
    /// The heads, ``headStride`` bytes apart; the one between is NUL.
    let heads: Secret
    let headStride: Int
    /// The byte with which each form begins.
    let firsts: Secret
    /// The same bytes as a set.
    let firstBytes: ByteSet
    /// The bytes that occur within heads.
    let headBytes: ByteSet
    /// Which escapes can stand for a byte of a head.
    let introducers: EscapeIntroducers
    /// Whether forms hold `%` or `\`, which then may stand for themselves or begin an escape.
    let holdEscapes: Bool
    /// The most bytes a form takes, each of its own written as `\u0000`.
    let longestWritten: Int

    private let filter: [UInt8]
    // Open addressing; a slot holds 1 + form × stride + offset of the word in its head, 0 when it is free.
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

        let stride = Self.stride(shortest: forms.map(\.count).min() ?? Self.shortestSecret)
        let headCount = stride &+ Self.wordSize &- 1
        let headStride = headCount &+ 1
        self.stride = stride
        self.headCount = headCount
        self.headStride = headStride
        var heads = [UInt8](repeating: 0, count: forms.count &* headStride)
        var firsts: [UInt8] = []
        firsts.reserveCapacity(forms.count)
        var firstBytes = ByteSet()
        var headBytes = ByteSet()
        var holdEscapes = false
        for (index, form) in forms.enumerated() {
            form.withExposedBytes { bytes in
                firsts.append(bytes[0])
                firstBytes.insert(bytes[0])
                for offset in 0..<headCount {
                    heads[index &* headStride &+ offset] = bytes[offset]
                    headBytes.insert(bytes[offset])
                }
                for offset in bytes.indices where bytes[offset] == 0x25 || bytes[offset] == 0x5c { holdEscapes = true }
            }
        }
        self.firstBytes = firstBytes
        self.headBytes = headBytes
        introducers = EscapeIntroducers(ofBytes: headBytes)
        self.holdEscapes = holdEscapes
        longestWritten = (forms.map(\.count).max() ?? 0) &* 6

        let words = forms.count &* stride
        let slotCount = 1 << Self.bits(holding: max(words, 1) &* 4)
        var filter = [UInt8](repeating: 0, count: Self.filterSize(words: words))
        var slots = [UInt32](repeating: 0, count: slotCount)
        var tags = [UInt32](repeating: 0, count: slotCount)
        for form in forms.indices {
            for offset in 0..<stride {
                let hash = Self.hash(Self.word(heads.span, at: form &* headStride &+ offset))
                filter[Int(truncatingIfNeeded: hash >> Self.filterShift) & (filter.count &- 1)] = 1
                var slot = Int(truncatingIfNeeded: hash >> 40) & (slotCount &- 1)
                while slots[slot] != 0 { slot = (slot &+ 1) & (slotCount &- 1) }
                slots[slot] = UInt32(truncatingIfNeeded: 1 &+ form &* stride &+ offset)
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
    }

    package var isEmpty: Bool { forms.isEmpty }

    /// The longest of which a word fits into the shortest form wherever that stands.
    private static func stride(shortest: Int) -> Int {
        var stride = Self.longestStride
        while stride > Self.wordSize, stride &+ Self.wordSize &- 1 > shortest { stride /= 2 }
        return stride
    }

    // Of any text one word in sixty passes that heads do not hold, and what passes is looked up at the cost of a few more:
    // 16 KiB for two secrets, which stay in the processor's first cache. At the most 128 KiB, for the second: beyond some
    // ten secrets more pass. A byte each and not a bit: to shift by what is computed takes
    // three times as long as to shift by what is known, which makes 1 MiB 50 µs more.
    private static func filterSize(words: Int) -> Int {
        1 << min(max(12, bits(holding: words &* 64)), filterBitsAtMost)
    }

    private static func bits(holding count: Int) -> Int {
        Int.bitWidth &- max(count &- 1, 1).leadingZeroBitCount
    }

    private static func word(_ bytes: Span<UInt8>, at start: Int) -> UInt64 {
        var word: UInt64 = 0
        for offset in 0..<wordSize { word |= UInt64(bytes[start &+ offset]) << UInt64(offset &* 8) }
        return word
    }

    @inline(__always)
    private static func hash(_ word: UInt64) -> UInt64 {
        word &* 0x9e37_79b9_7f4a_7c15
    }

    /// The first index at or after `start`, both multiples of the stride, at which a word is that heads hold, or one
    /// with the same hash.
    func firstSuspect(in bytes: Span<UInt8>, from start: Int) -> Int? {
        let stride = stride
        let mask = UInt64(truncatingIfNeeded: filter.count &- 1)
        return unsafe bytes.withUnsafeBytes { raw in
            unsafe filter.withUnsafeBufferPointer { filter in
                @inline(__always) func hash(_ index: Int) -> UInt64 {
                    Self.hash(UInt64(littleEndian: unsafe raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)))
                }
                // Not 0 where the word at `index` passes the filter.
                @inline(__always) func passes(_ index: Int) -> UInt8 {
                    // In bounds: the mask leaves no more than the filter has.
                    unsafe filter[Int(truncatingIfNeeded: (hash(index) >> Self.filterShift) & mask)]
                }
                @inline(__always) func isSuspect(_ index: Int) -> Bool { passes(index) != 0 && isListed(hash(index)) }
                var index = start
                let last = raw.count &- Self.wordSize
                // Four at a time, so that none waits for the one before: twice as fast.
                while index <= last &- 3 &* stride {
                    let found =
                        passes(index) | passes(index &+ stride) | passes(index &+ 2 &* stride)
                        | passes(index &+ 3 &* stride)
                    if found != 0 {
                        for number in 0..<4 where isSuspect(index &+ number &* stride) {
                            return index &+ number &* stride
                        }
                    }
                    index &+= 4 &* stride
                }
                while index <= last {
                    if isSuspect(index) { return index }
                    index &+= stride
                }
                return nil
            }
        }
    }

    private func isListed(_ hash: UInt64) -> Bool {
        var isListed = false
        forEachEntry(of: hash) { _ in isListed = true }
        return isListed
    }

    private func forEachEntry(of hash: UInt64, _ body: (_ entry: Int) -> Void) {
        let tag = UInt32(truncatingIfNeeded: hash >> 8)
        let mask = slots.count &- 1
        var slot = Int(truncatingIfNeeded: hash >> 40) & mask
        while slots[slot] != 0 {
            if tags[slot] == tag { body(Int(slots[slot] &- 1)) }
            slot = (slot &+ 1) & mask
        }
    }

    /// Calls `body` with each form that has the word at `index` in its head, and where that form would begin.
    func forEachForm(withWordAt index: Int, in bytes: Span<UInt8>, _ body: (_ form: Int, _ start: Int) -> Void) {
        forEachEntry(of: Self.hash(Self.word(bytes, at: index))) { entry in
            body(entry / stride, index &- entry % stride)
        }
    }
}
