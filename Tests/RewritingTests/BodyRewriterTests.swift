import Compression
import Rewriting
import Secrets
import TestSupport
import Testing

@Suite struct BodyRewriterTests {
    private let body = BodyRewriter(bases: UpstreamBases([Array(upstreamBase.utf8)]))
    private let secret = "Zk3vT9qLw8Xy2RbN6mPcJ4hD1sFgUaEo"

    private func run(
        _ plan: RewritePlan, _ pieces: [[UInt8]], limit: Int = 1 << 16, patterns: GuardPatterns? = nil,
        limits: InflateLimits = InflateLimits()
    ) throws -> [UInt8] {
        let base = Array(proxyBase.utf8)
        try body.begin(plan, replacement: base.span, guardedBy: patterns, limits: limits)
        var output: [UInt8] = []
        for piece in pieces {
            var from = 0
            while true {
                let before = output.count
                let progress = try body.rewrite(piece.span, from: from, into: &output, limit: limit)
                if plan == .gzip { #expect(output.count - before <= limit) }
                from += progress.consumed
                if progress.stop == .inputConsumed { break }
            }
            #expect(from == piece.count)
        }
        while try !body.finish(into: &output, limit: limit) {}
        return output
    }

    private func tileJSON(_ base: String, urls: Int = 50) -> [UInt8] {
        let tiles = (0..<urls).map { "\"\(base)/v3/maps/c/table/{z}/{x}/{y}?name=t\($0)\"" }
        return Array("{\"tiles\":[\(tiles.joined(separator: ","))],\"x\":[\"\(upstreamBase)\",\"\(secret)\"]}".utf8)
    }

    private func masked(_ bytes: [UInt8]) -> [UInt8] {
        Array(text(bytes).replacing(secret, with: String(repeating: "*", count: secret.utf8.count)).utf8)
    }

    @Test func everyPlanInAnySplitAndAnyStep() throws {
        var random = SplitMix64(seed: 31)
        let patterns = GuardPatterns([Secret(secret)])
        for round in 0..<60 {
            let urls = random.below(600)
            let before = tileJSON(upstreamBase, urls: urls)
            let after = tileJSON(proxyBase, urls: urls)
            let largest = random.pick([10, 300, 100_000])
            let limit = random.pick([7, 100, 5000, 1 << 20])
            let guarded = random.chance(2)
            let expected = guarded ? masked(after) : after
            let plain = try run(
                .identity, cut(before, upTo: largest, &random), limit: limit, patterns: guarded ? patterns : nil)
            #expect(plain == expected, "round \(round)")
            let pieces = try cut(gzip(before), upTo: largest, &random)
            let coded = try run(.gzip, pieces, limit: limit, patterns: guarded ? patterns : nil)
            #expect(try gunzip(coded) == expected, "round \(round)")
            #expect(body.replacements == urls)
            #expect(body.hits == (guarded ? 1 : 0))
        }
    }

    @Test func generatedDocumentsUnderGzip() throws {
        var random = SplitMix64(seed: 32)
        for seed in 20_000..<20_200 as Range<UInt64> {
            let document = GeneratedDocument(seed: seed)
            let pieces = try cut(gzip(document.input, level: random.below(9) + 1), upTo: 50, &random)
            #expect(try gunzip(run(.gzip, pieces)) == document.expected, "seed \(seed)")
        }
    }

    @Test func anUntouchedBodyPassesByteForByte() throws {
        let bytes = tileJSON(upstreamBase)
        #expect(try run(.untouched, [bytes, []]) == bytes)
        #expect(body.replacements == 0)
    }

    @Test func anEmptyBody() throws {
        #expect(try run(.identity, []) == [])
        #expect(try gunzip(run(.gzip, [gzip([])])) == [])
        #expect(throws: RewritingError.bodyMustInflate(.bodyMustBeComplete)) { try run(.gzip, []) }
    }

    @Test func membersAreJoinedIntoOne() throws {
        let before = tileJSON(upstreamBase)
        let members = try gzip(Array(before[..<777])) + gzip(Array(before[777...]))
        #expect(try gunzip(run(.gzip, [members])) == tileJSON(proxyBase))
    }

    @Test func brokenBodiesAreRefusedWithTheirReason() throws {
        let coded = try gzip(tileJSON(upstreamBase))
        var wrongSum = coded
        wrongSum[coded.count - 5] ^= 0x80
        for (bytes, error) in [
            (Array(coded.dropLast(3)), CompressionError.bodyMustBeComplete), (coded + [1], .nothingMayFollow),
            (wrongSum, .checksumMustMatch), (tileJSON(upstreamBase), .headerMustBeValid),
        ] {
            #expect(throws: RewritingError.bodyMustInflate(error)) { try run(.gzip, [bytes]) }
        }
        // And the next body is none the worse for it.
        #expect(try gunzip(run(.gzip, [coded])) == tileJSON(proxyBase))
    }

    @Test func aBombIsStoppedEarly() throws {
        let bomb = try gzip([UInt8](repeating: 0x20, count: 24 << 20), level: 9)
        #expect(throws: RewritingError.bodyMustInflate(.ratioMustStayWithinLimit)) { try run(.gzip, [bomb]) }
        #expect(throws: RewritingError.bodyMustInflate(.outputMustStayWithinLimit)) {
            try run(.gzip, [bomb], limits: InflateLimits(outputBytes: 1 << 20, ratio: .max, ratioFreeBytes: .max))
        }
    }

    @Test func objectsThatWorkedAreKeptUpToTheCapacity() {
        var pool = IdlePool<BodyRewriter>(capacity: 1)
        #expect(pool.take() == nil)
        pool.giveBack(body)
        pool.giveBack(BodyRewriter(bases: UpstreamBases([])))
        #expect(pool.count == 1)
        #expect(pool.take() === body)
        #expect(pool.take() == nil)
    }
}
