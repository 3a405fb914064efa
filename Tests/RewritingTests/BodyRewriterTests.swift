import Compression
import Foundation
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
                .identity, random.cut(before, upTo: largest), limit: limit, patterns: guarded ? patterns : nil)
            #expect(plain == expected, "round \(round)")
            let pieces = try random.cut(gzip(before), upTo: largest)
            let coded = try run(.gzip, pieces, limit: limit, patterns: guarded ? patterns : nil)
            #expect(try gunzip(coded) == expected, "round \(round)")
            #expect(body.replacements == urls)
            #expect(body.hits == (guarded ? 1 : 0))
        }
    }

    /// Any document, in any split, stored or compressed at any level, as one member or several.
    @Test func anyDocumentUnderAnyCompression() throws {
        var random = SplitMix64(seed: 32)
        var replacements = 0
        for seed in 20_000..<20_600 as Range<UInt64> {
            let document = GeneratedDocument(seed: seed)
            replacements += document.replacements
            var coded: [UInt8] = []
            for member in random.cut(document.input, upTo: random.pick([40, max(document.input.count, 1)])) {
                coded += try gzip(member, level: random.below(10))
            }
            if coded.isEmpty { coded = try gzip([]) }
            let pieces = random.cut(coded, upTo: random.pick([1, 50, 100_000]))
            let output = try gunzip(run(.gzip, pieces, limit: random.pick([1, 100, 1 << 16])))
            #expect(output == document.expected, "seed \(seed)")
            let plain = try run(.identity, random.cut(document.input, upTo: 30))
            #expect(plain == document.expected, "seed \(seed), plain")
            guard let before = value(document.input), let after = value(output) else { continue }
            #expect(isSame(before, after, below: []), "seed \(seed): \(text(document.input))")
        }
        #expect(replacements > 100)
    }

    private func value(_ bytes: [UInt8]) -> Any? {
        try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
    }

    /// By a reader that others wrote: equal but for the strings at the places of URLs, and these but for the base.
    private func isSame(_ before: Any, _ after: Any, below path: [String]) -> Bool {
        switch (before, after) {
        case (let one as [String: Any], let other as [String: Any]):
            one.count == other.count
                && one.allSatisfy { name, value in
                    other[name].map { isSame(value, $0, below: path + [name]) } ?? false
                }
        case (let one as [Any], let other as [Any]):
            one.count == other.count && zip(one, other).allSatisfy { isSame($0, $1, below: path + ["[]"]) }
        case (let one as String, let other as String):
            one.utf8.elementsEqual(other.utf8)
                || Self.places.contains(path.last == "[]" ? path.dropLast() : path[...])
                    && other.hasPrefix(proxyBase) && one.lowercased().hasPrefix(upstreamBase)
                    && one.hasSuffix(other.dropFirst(proxyBase.count))
        case (let one as NSNumber, let other as NSNumber): one == other
        default: before is NSNull && after is NSNull
        }
    }

    private static let places: Set<ArraySlice<String>> = [
        ["tiles"], ["properties_tiles"], ["tilejson", "url"], ["geojson", "url"], ["json", "url"], ["ndjson", "url"],
        ["binary", "url"], ["tilejson", "data", "tiles"], ["tilejson", "data", "properties_tiles"],
    ]

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
}
