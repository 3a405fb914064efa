import Compression
import TestSupport
import Testing

@Suite struct DeflaterTests {
    @Test func whatIsDeflatedInAnyStepsInflatesToTheSame() throws {
        var random = SplitMix64(seed: 4)
        let deflater = try Deflater(level: 1)
        for round in 0..<40 {
            let text = someText(Int.random(in: 0...200_000, using: &random), &random)
            deflater.reset()
            var coded: [UInt8] = []
            var from = 0
            while from < text.count {
                let piece = Array(text[from..<min(text.count, from + Int.random(in: 1...50_000, using: &random))])
                var taken = 0
                while taken < piece.count {
                    let before = coded.count
                    let limit = Int.random(in: 1...3000, using: &random)
                    taken += deflater.deflate(piece.span, from: taken, into: &coded, limit: limit).consumed
                    #expect(coded.count - before <= limit)
                }
                from += piece.count
            }
            var turns = 0
            while !deflater.finish(into: &coded, limit: 500) { turns += 1 }
            #expect(turns <= 200_000 / 500 + 2, "round \(round)")
            #expect(try inflate(coded) == text, "round \(round)")
        }
    }

    @Test func anEmptyBodyIsAWholeMember() throws {
        let coded = try gzip([])
        #expect(coded.starts(with: [0x1f, 0x8b, 8]))
        #expect(try inflate(coded) == [])
    }

    @Test func levelsOutOfRangeAreBroughtIntoIt() throws {
        let text = [UInt8](repeating: 65, count: 1000)
        for level in [-5, 0, 1, 9, 10, .max] { #expect(try inflate(gzip(text, level: level)) == text) }
    }

    @Test func afterResetNothingOfTheBodyBeforeIsLeft() throws {
        let deflater = try Deflater()
        var thrownAway: [UInt8] = []
        let first = [UInt8](repeating: 1, count: 100_000)
        let second: [UInt8] = [9]
        _ = deflater.deflate(first.span, into: &thrownAway, limit: 10)
        deflater.reset()
        var coded: [UInt8] = []
        _ = deflater.deflate(second.span, into: &coded, limit: 100)
        #expect(deflater.finish(into: &coded, limit: 100))
        #expect(try inflate(coded) == [9])
    }
}
