import Rewriting
import TestSupport
import Testing

@Suite struct JSONURLRewriterPropertyTests {
    @Test func anyDocumentInAnySplitBecomesWhatItsGeneratorSays() {
        var random = SplitMix64(seed: 21)
        var replacements = 0
        for seed in 0..<3000 as Range<UInt64> {
            let document = GeneratedDocument(seed: seed)
            replacements += document.replacements
            #expect(rewrite([document.input]) == document.expected, "seed \(seed): \(text(document.input))")
            #expect(rewrite(random.cut(document.input, upTo: 12)) == document.expected, "seed \(seed), split")
        }
        #expect(replacements > 500)
    }

    @Test func anyDocumentByteByByte() {
        for seed in 5000..<5300 as Range<UInt64> {
            let document = GeneratedDocument(seed: seed)
            #expect(rewrite(document.input.map { [$0] }) == document.expected, "seed \(seed)")
        }
    }

    @Test func damagedDocumentsAreReadTheSameInAnySplit() {
        var random = SplitMix64(seed: 22)
        let noise = Array("{}[]\":,\\u0/ \n\u{1}tfn-9".utf8)
        for seed in 9000..<10_500 as Range<UInt64> {
            var bytes = GeneratedDocument(seed: seed).input
            for _ in 0..<random.below(4) + 1 where !bytes.isEmpty {
                let place = random.below(bytes.count)
                switch random.below(3) {
                case 0: bytes[place] = random.pick(noise)
                case 1: bytes.insert(random.pick(noise), at: place)
                default: bytes.removeSubrange(place..<min(bytes.count, place + random.below(5)))
                }
            }
            let whole = rewrite([bytes])
            #expect(rewrite(bytes.map { [$0] }) == whole, "seed \(seed): \(text(bytes))")
            #expect(rewrite(random.cut(bytes, upTo: 20)) == whole, "seed \(seed): \(text(bytes))")
        }
    }
}
