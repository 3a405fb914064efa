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

    /// Whether to use wide registers: both ways where this processor has them.
    static let widths = EscapeIntroducers.isWideHere ? [false, true] : [false]

    private static let pieces: [String] = [
        "%41", "%7e", "%2F", "%c3%a9", "\\u00c3", "%", "\\u0041", "\\/", "\\\"", "\\\\", "\\n", "\\", "u", "0", "/", "plain text, ",
        String(repeating: "a", count: 70), String(repeating: "%\\", count: 9),
    ]

    /// With registers of either width, in text of any length, at any place: each escape is found, in order, once; and
    /// nothing but places where a `%` or a `\` stands.
    @Test(arguments: widths) func everyEscapeIsFound(isWide: Bool) throws {
        var generator = SystemRandomNumberGenerator()
        for sought in [Self.set("abcAZ09~/"), Self.set("abc\"\\\n"), Self.set("é")] {
            for round in 0..<400 {
                var text: [UInt8] = []
                let count = Int.random(in: 0...(round.isMultiple(of: 8) ? 2000 : 300), using: &generator)
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

    /// Each place within a block and at its edges; in text, and behind so many introducers that no text is expected.
    @Test(arguments: widths) func everyPlaceIsLookedAt(isWide: Bool) {
        for before in ["", String(repeating: "\\ % ", count: 16 * 12)] {
            for escape in ["%61", "\\u0061"] {
                for place in 0..<200 {
                    var text = Array(before.utf8) + [UInt8](repeating: UInt8(ascii: "x"), count: 210)
                    let start = before.utf8.count + place
                    text.replaceSubrange(start..<start + escape.utf8.count, with: escape.utf8)
                    #expect(Self.found(text, Self.set("a"), isWide: isWide) == [start])
                }
            }
        }
    }
}
