import Testing

@testable import Rewriting

@Suite struct EscapeIntroducersTests {
    /// What must be found: each place where an escape begins, or may begin one that the end cuts off.
    private static func expected(_ text: [UInt8], _ sought: ByteSet) -> Set<Int> {
        var places: Set<Int> = []
        for index in text.indices {
            switch EscapedByte(text.span, at: index) {
            case .escape(let byte, _) where sought.contains(byte): places.insert(index)
            default: break
            }
        }
        return places
    }

    private static func found(_ text: [UInt8], _ sought: ByteSet, isWide: Bool) -> [Int] {
        var places: [Int] = []
        EscapeIntroducers(ofBytes: sought, isWide: isWide).forEach(in: text.span) { places.append($0) }
        return places
    }

    private static func set(_ bytes: String) -> ByteSet {
        var set = ByteSet()
        for byte in bytes.utf8 { set.insert(byte) }
        return set
    }

    private static let pieces: [String] = [
        "%41", "%7e", "%2F", "%e9", "%", "\\u0041", "\\/", "\\\"", "\\\\", "\\n", "\\", "u", "0", "/", "plain text, ",
        String(repeating: "a", count: 70), String(repeating: "%\\", count: 9),
    ]

    /// With registers of either width, in text of any length, at any place: each escape is found, in order, once; and
    /// nothing but places where a `%` or a `\` stands.
    @Test(arguments: [false, true]) func everyEscapeIsFound(isWide: Bool) throws {
        guard !isWide || EscapeIntroducers.isWideHere else { return }
        var generator = SystemRandomNumberGenerator()
        for sought in [Self.set("abcAZ09~/"), Self.set("abc\"\\\n"), Self.set("é")] {
            for round in 0..<4000 {
                var text: [UInt8] = []
                let count = Int.random(in: 0...300, using: &generator)
                while text.count < count {
                    if round.isMultiple(of: 2) {
                        text += Array(Self.pieces.randomElement(using: &generator)!.utf8)
                    } else {
                        text.append(.random(in: 0...255, using: &generator))
                    }
                }
                let found = Self.found(text, sought, isWide: isWide)
                #expect(found == found.sorted() && Set(found).count == found.count)
                #expect(found.allSatisfy { text[$0] == UInt8(ascii: "%") || text[$0] == UInt8(ascii: "\\") })
                #expect(Set(found).isSuperset(of: Self.expected(text, sought)), "\(text)")
            }
        }
    }

    /// Each place within a block and at its edges, for each of the escapes that stand for a letter.
    @Test(arguments: [false, true]) func everyPlaceIsLookedAt(isWide: Bool) {
        guard !isWide || EscapeIntroducers.isWideHere else { return }
        for escape in ["%61", "\\u0061"] {
            for place in 0..<200 {
                var text = [UInt8](repeating: UInt8(ascii: "x"), count: 210)
                text.replaceSubrange(place..<place + escape.utf8.count, with: escape.utf8)
                #expect(Self.found(text, Self.set("a"), isWide: isWide) == [place])
            }
        }
    }

    /// Among random bytes, where the search goes over to looking for pairs, it still finds what comes later.
    @Test(arguments: [false, true]) func itFindsWhatFollowsRandomBytes(isWide: Bool) {
        guard !isWide || EscapeIntroducers.isWideHere else { return }
        var text: [UInt8] = []
        for _ in 0..<64 { text += Array(String(repeating: "\\ % ", count: 16).utf8) }
        text += Array("%61".utf8) + [UInt8](repeating: 0x20, count: 100)
        #expect(Self.found(text, Self.set("a"), isWide: isWide) == [64 * 64])
    }
}
