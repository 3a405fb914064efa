/// Finds a ``FieldName`` by its bytes: a bucket is chosen by length and three of the bytes, and what
/// is in it compared in full.
final class FieldNameTable: Sendable {
    private static let bucketCount = 1024
    private static let none = UInt8.max

    /// All canonical spellings in lower case, one after the other, each addressed by the raw value.
    private let spellings: [UInt8]
    private let starts: [Int32]
    private let ends: [Int32]
    /// The first name of each bucket, and for each name the next of its bucket.
    private let firstInBucket: [UInt8]
    private let nextInBucket: [UInt8]

    /// Parsers fetch it once for a whole section.
    static let standard = FieldNameTable()

    private init() {
        var spellings: [UInt8] = []
        var starts: [Int32] = []
        var ends: [Int32] = []
        var firstInBucket = [UInt8](repeating: Self.none, count: Self.bucketCount)
        var nextInBucket: [UInt8] = []
        for name in FieldName.allCases {
            starts.append(Int32(clamping: spellings.count))
            for index in 0..<name.canonical.utf8CodeUnitCount {
                spellings.append(ByteComparison.lowercased(name.canonical.byte(at: index)))
            }
            ends.append(Int32(clamping: spellings.count))
            guard name.isListed else {
                nextInBucket.append(Self.none)
                continue
            }
            let range = Int(starts[starts.count - 1])..<spellings.count
            let bucket = Self.bucket(of: spellings.span, range)
            nextInBucket.append(firstInBucket[bucket])
            firstInBucket[bucket] = name.rawValue
        }
        self.spellings = spellings
        self.starts = starts
        self.ends = ends
        self.firstInBucket = firstInBucket
        self.nextInBucket = nextInBucket
    }

    /// `range` is not empty.
    @inline(__always)
    private static func bucket(of bytes: Span<UInt8>, _ range: Range<Int>) -> Int {
        let first = Int(bytes[range.lowerBound] | 0x20)
        let middle = Int(bytes[range.lowerBound &+ range.count / 2] | 0x20)
        let last = Int(bytes[range.upperBound &- 1] | 0x20)
        return (first &* 7 &+ middle &* 31 &+ last &* 127 &+ range.count &* 61) & (bucketCount &- 1)
    }

    func find(_ bytes: Span<UInt8>, _ range: Range<Int>) -> FieldName {
        guard !range.isEmpty else { return .other }
        var candidate = firstInBucket[Self.bucket(of: bytes, range)]
        while candidate != Self.none {
            let index = Int(candidate)
            let start = Int(starts[index])
            if Int(ends[index]) &- start == range.count, matches(bytes, range, at: start) {
                return FieldName(rawValue: candidate) ?? .other
            }
            candidate = nextInBucket[index]
        }
        return family(bytes.extracting(range))
    }

    /// Whether the bytes are that spelling, in any case of its letters: eight at a time, and the last eight once more
    /// where they are not a multiple. (One at a time a name took 250 instructions, now 110; two heads have a dozen.)
    @inline(__always)
    private func matches(_ bytes: Span<UInt8>, _ range: Range<Int>, at start: Int) -> Bool {
        let count = range.count
        guard count >= 8 else { return matchesSlowly(bytes, range, at: start) }
        let name = bytes.extracting(range)
        let spellings = spellings
        let spelling = spellings.span.extracting(start..<start &+ count)
        var offset = 0
        while true {
            let word = Self.word(name, at: offset)
            guard Self.isSame(word, Self.word(spelling, at: offset)) else { return false }
            if offset == count &- 8 { return true }
            offset = min(offset &+ 8, count &- 8)
        }
    }

    @inline(__always)
    private func matchesSlowly(_ bytes: Span<UInt8>, _ range: Range<Int>, at start: Int) -> Bool {
        var offset = 0
        while offset < range.count {
            if ByteComparison.lowercased(bytes[range.lowerBound &+ offset]) != spellings[start &+ offset] {
                return false
            }
            offset &+= 1
        }
        return true
    }

    @inline(__always)
    private static func word(_ bytes: Span<UInt8>, at offset: Int) -> UInt64 {
        precondition(offset >= 0 && offset &+ 8 <= bytes.count, "beyond the name")
        return unsafe bytes.withUnsafeBytes { unsafe $0.loadUnaligned(fromByteOffset: offset, as: UInt64.self) }
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

    private func family(_ name: Span<UInt8>) -> FieldName {
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
