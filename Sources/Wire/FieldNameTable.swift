/// Finds a ``FieldName`` by its bytes: a bucket is chosen by their number and the first and the last eight of them, and
/// what is in it compared in full, eight bytes at a time. (One at a time a name took 250 instructions, now some 90; two
/// heads have a dozen.)
final class FieldNameTable: Sendable {
    private static let bucketCount = 1024
    private static let none = UInt8.max

    private struct Entry {
        let name: FieldName
        let count: Int
        /// The first and the last eight bytes of the spelling, in small letters; of a shorter one both are all of it.
        let first: UInt64
        let last: UInt64
        /// Where its spelling begins among all of them.
        let start: Int
        /// The next of its bucket.
        let next: UInt8
    }

    /// All canonical spellings in lower case, one after the other.
    private let spellings: [UInt8]
    /// By the raw value of the name.
    private let entries: [Entry]
    /// The first name of each bucket.
    private let buckets: [UInt8]

    /// Parsers fetch it once for a whole section.
    static let standard = FieldNameTable()

    private init() {
        var spellings: [UInt8] = []
        var entries: [Entry] = []
        var buckets = [UInt8](repeating: Self.none, count: Self.bucketCount)
        for name in FieldName.allCases {
            let start = spellings.count
            for index in 0..<name.canonical.utf8CodeUnitCount {
                spellings.append(ByteComparison.lowercased(name.canonical.byte(at: index)))
            }
            let range = start..<spellings.count
            let (first, last) = Self.ends(of: spellings.span, range)
            let bucket = Self.bucket(first, last, range.count)
            entries.append(
                Entry(
                    name: name, count: range.count, first: first, last: last, start: start,
                    next: name.isListed ? buckets[bucket] : Self.none))
            if name.isListed { buckets[bucket] = name.rawValue }
        }
        self.spellings = spellings
        self.entries = entries
        self.buckets = buckets
    }

    @inline(__always)
    private static func ends(of bytes: Span<UInt8>, _ range: Range<Int>) -> (first: UInt64, last: UInt64) {
        guard range.count < 8 else {
            return (
                ByteSearch.load(bytes, at: range.lowerBound), ByteSearch.load(bytes, at: range.upperBound &- 8)
            )
        }
        var word: UInt64 = 0
        if range.lowerBound &+ 8 <= bytes.count {
            let behind: UInt64 = .max << UInt64(range.count &* 8)
            word = ByteSearch.load(bytes, at: range.lowerBound) & ~behind
        } else {
            for index in range.reversed() { word = word << 8 | UInt64(bytes[index]) }
        }
        return (word, word)
    }

    /// The same for letters of either case.
    @inline(__always)
    private static func bucket(_ first: UInt64, _ last: UInt64, _ count: Int) -> Int {
        let smallLetters: UInt64 = 0x2020_2020_2020_2020
        let mixed =
            (first | smallLetters) &* 0x9e37_79b9_7f4a_7c15 &+ (last | smallLetters) &* 0xc2b2_ae3d_27d4_eb4f
            &+ UInt64(truncatingIfNeeded: count) &* 0x1656_67b1_9e37_79f9
        return Int(truncatingIfNeeded: mixed >> 54)
    }

    func find(_ bytes: Span<UInt8>, _ range: Range<Int>) -> FieldName {
        let found = findListed(bytes, range)
        return found == .other && !range.isEmpty ? family(bytes.extracting(range)) : found
    }

    /// `.other` also for what belongs to a family.
    @inline(__always)
    func findListed(_ bytes: Span<UInt8>, _ range: Range<Int>) -> FieldName {
        let (first, last) = Self.ends(of: bytes, range)
        var candidate = buckets[Self.bucket(first, last, range.count)]
        while candidate != Self.none {
            let entry = entries[Int(candidate)]
            if entry.count == range.count, Self.isSame(first, entry.first), Self.isSame(last, entry.last),
                range.count <= 16 || middleMatches(bytes, range, entry)
            {
                return entry.name
            }
            candidate = entry.next
        }
        return .other
    }

    /// Whether what is between the first and the last eight bytes is the spelling's.
    private func middleMatches(_ bytes: Span<UInt8>, _ range: Range<Int>, _ entry: Entry) -> Bool {
        let spellings = spellings
        let spelling = spellings.span
        var offset = 8
        while offset < entry.count &- 8 {
            let word = ByteSearch.load(bytes, at: range.lowerBound &+ offset)
            guard Self.isSame(word, ByteSearch.load(spelling, at: entry.start &+ offset)) else { return false }
            offset &+= 8
        }
        return true
    }

    /// Whether eight bytes are those of a spelling, which holds small letters, digits and `-` only: they may differ
    /// from it in bit 5, by which a capital differs from its small letter, and there only where it has a letter, which
    /// bit 6 tells.
    @inline(__always)
    static func isSame(_ word: UInt64, _ spelling: UInt64) -> Bool {
        let difference = word ^ spelling
        let capitals = difference & 0x2020_2020_2020_2020
        return difference == capitals && (capitals << 1) & ~spelling == 0
    }

    /// The family of a name that is not listed, and not empty.
    func family(_ name: Span<UInt8>) -> FieldName {
        switch name[0] | 0x20 {
        case UInt8(ascii: "x") where ByteComparison.hasPrefixIgnoringCase(name, "X-Forwarded-"):
            .xForwardedOther
        case UInt8(ascii: "a") where ByteComparison.hasPrefixIgnoringCase(name, "Access-Control-"):
            .accessControlOther
        case UInt8(ascii: "s") where ByteComparison.hasPrefixIgnoringCase(name, "Sec-Fetch-"):
            .secFetchOther
        case UInt8(ascii: "c") where ByteComparison.hasPrefixIgnoringCase(name, "Cartouche-"):
            .cartoucheOther
        default: .other
        }
    }
}

extension FieldName {
    /// The field of that name, in any case of its letters.
    package init(_ bytes: Span<UInt8>) {
        self = FieldNameTable.standard.find(bytes, 0..<bytes.count)
    }
}
