import Compression
import Rewriting
import Secrets
import TestSupport
import Testing

@Suite struct CompressedGuardTests {
    private let secret = "Zk3vT9qLw8Xy2RbN6mPcJ4hD1sFgUaEo"

    @Test func aBodyWithoutSecretsIsRelayedAsItCame() throws {
        var random = SplitMix64(seed: 51)
        let patterns = GuardPatterns([Secret(secret)])
        let compressed = try CompressedGuard(patterns: patterns)
        for _ in 0..<40 {
            let body = (0..<random.below(60_000)).map { _ in random.pick(Array("Zk3vT9%5c\\u00,:{}".utf8)) }
            let coded = try gzip(body)
            compressed.reset(patterns: patterns)
            var output: [UInt8] = []
            let work = random.pick([1, 5000, 1 << 20])
            try compressed.relay(random.cut(coded, upTo: 900), work: work, into: &output)
            #expect(output == coded)
        }
    }

    @Test func aSecretCutsTheBodyBeforeAnyOfItCanBeRead() throws {
        var random = SplitMix64(seed: 52)
        let patterns = GuardPatterns([Secret(secret)])
        let compressed = try CompressedGuard(patterns: patterns)
        for spelling in PlantedSecret.Spelling.allCases {
            for form in PlantedSecret.Form.allCases {
                let planted = PlantedSecret(secret, form, spelling, offset: random.below(3000), before: 2, &random)
                for largest in [1, 40, 100_000] {
                    compressed.reset(patterns: patterns)
                    var output: [UInt8] = []
                    let pieces = try random.cut(gzip(planted.bytes), upTo: largest)
                    #expect(throws: RewritingError.secretMustNotReturn) { try compressed.relay(pieces, into: &output) }
                    #expect(try gunzippedBeginning(output).count <= planted.range.lowerBound, "\(form) \(spelling)")
                }
            }
        }
    }

    @Test func brokenBodiesAreCut() throws {
        let patterns = GuardPatterns([Secret(secret)])
        let coded = try gzip(Array("some text".utf8))
        for (bytes, error) in [
            (Array(coded.dropLast()), CompressionError.bodyMustBeComplete), (coded + [0], .nothingMayFollow),
            (Array("plain".utf8), .headerMustBeValid), ([], .bodyMustBeComplete),
        ] {
            let compressed = try CompressedGuard(patterns: patterns)
            var output: [UInt8] = []
            #expect(throws: RewritingError.bodyMustInflate(error)) { try compressed.relay([bytes], into: &output) }
        }
    }

    @Test func aBombIsInflatedInStepsAndItsLimitHolds() throws {
        let patterns = GuardPatterns([Secret(secret)])
        let bomb = try gzip([UInt8](repeating: 0x20, count: 8 << 20), level: 9)
        let compressed = try CompressedGuard(patterns: patterns)
        var output: [UInt8] = []
        let progress = try compressed.scan(bomb.span, into: &output, work: 1 << 20)
        #expect(progress.stop == .outputFull)
        #expect(progress.consumed < bomb.count / 4)
        #expect(output == Array(bomb[..<progress.consumed]))

        compressed.reset(patterns: patterns, limits: InflateLimits(outputBytes: 1 << 20))
        #expect(throws: RewritingError.bodyMustInflate(.outputMustStayWithinLimit)) {
            try compressed.relay([bomb], into: &output)
        }
    }

    @Test func emptyBlocksCannotMakeItWithholdWithoutEnd() throws {
        let patterns = GuardPatterns([Secret(secret)])
        let compressed = try CompressedGuard(patterns: patterns)
        // The beginning of a secret in a stored block, then empty stored blocks (RFC 1951 §3.2.4).
        let header: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]
        let start = header + [0, 4, 0, 0xfb, 0xff] + Array(secret.utf8.prefix(4))
        let blocks = (0..<1000).flatMap { _ in [0, 0, 0, 0xff, 0xff] as [UInt8] }
        var output: [UInt8] = []
        _ = try compressed.scan(start.span, into: &output)
        #expect(throws: RewritingError.withheldBytesMustBeBounded) {
            for _ in 0..<100 { _ = try compressed.scan(blocks.span, into: &output) }
        }
        #expect(output == [])
    }
}
