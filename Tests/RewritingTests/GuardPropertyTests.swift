import Rewriting
import Secrets
import TestSupport
import Testing

/// No secret comes through: planted at every offset, in every form and spelling, with every split, in plain and in gzip.
/// Exhaustive where bodies are small, sampled where they are as large as 8 MiB.
@Suite struct GuardPropertyTests {
    private static let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/="
    private static let large = 8 << 20

    private func scan(_ pieces: [ArraySlice<UInt8>], _ patterns: GuardPatterns) -> [UInt8] {
        let scanner = GuardScanner(patterns: patterns)
        var output: [UInt8] = []
        for piece in pieces { scanner.scan(Array(piece).span, into: &output) }
        scanner.finish(into: &output)
        return output
    }

    /// Relays a body as the proxy does and gives what came through before it was cut; nil where it was not cut.
    private func relayed(_ pieces: [ArraySlice<UInt8>], _ patterns: GuardPatterns) throws -> [UInt8]? {
        let compressed = try CompressedGuard(patterns: patterns)
        var output: [UInt8] = []
        do {
            try compressed.relay(pieces.map(Array.init), into: &output)
        } catch RewritingError.secretMustNotReturn {
            return output
        }
        return nil
    }

    @Test(arguments: PlantedSecret.Form.allCases, PlantedSecret.Spelling.allCases)
    func everyOffsetAndAlignment(form: PlantedSecret.Form, spelling: PlantedSecret.Spelling) {
        var random = SplitMix64(seed: 61)
        let secret = someSecret(24, alphabet: Self.alphabet, &random)
        let patterns = GuardPatterns([Secret(secret)])
        for before in form == .itself ? [0] : [0, 1, 2] {
            for offset in 0..<256 {
                let planted = PlantedSecret(secret, form, spelling, offset: offset, before: before, &random)
                #expect(scan([planted.bytes[...]], patterns) == planted.masked, "\(before) before, at \(offset)")
            }
        }
    }

    @Test(arguments: PlantedSecret.Form.allCases)
    func everyTwoSplits(form: PlantedSecret.Form) {
        var random = SplitMix64(seed: 62)
        let secret = someSecret(17, alphabet: Self.alphabet, &random)
        let patterns = GuardPatterns([Secret(secret)])
        for spelling in PlantedSecret.Spelling.allCases {
            let planted = PlantedSecret(secret, form, spelling, offset: 5, before: 1, &random)
            let end = min(planted.range.upperBound + 2, planted.bytes.count)
            for first in 0...end {
                for second in first...end where second - first < 24 || second == end {
                    let pieces = [planted.bytes[..<first], planted.bytes[first..<second], planted.bytes[second...]]
                    #expect(scan(pieces, patterns) == planted.masked, "\(spelling) split at \(first) and \(second)")
                }
            }
        }
    }

    @Test(arguments: PlantedSecret.Form.allCases)
    func everyOffsetUnderGzip(form: PlantedSecret.Form) throws {
        var random = SplitMix64(seed: 63)
        let secret = someSecret(24, alphabet: Self.alphabet, &random)
        let patterns = GuardPatterns([Secret(secret)])
        for offset in 0..<64 {
            let spelling = PlantedSecret.Spelling.allCases[offset % PlantedSecret.Spelling.allCases.count]
            let planted = PlantedSecret(secret, form, spelling, offset: offset, before: offset % 3, &random)
            // Stored, Huffman alone, and with references back.
            let coded = try gzip(planted.bytes, level: [0, 1, 9][offset % 3])
            let through = try relayed([coded[...]], patterns)
            #expect(through != nil, "\(spelling) at \(offset)")
            let readable = try gunzippedBeginning(through ?? coded).count
            #expect(readable <= planted.range.lowerBound, "\(spelling) at \(offset)")
        }
    }

    @Test(arguments: [0, 1, 6, 9]) func everySplitUnderGzip(level: Int) throws {
        var random = SplitMix64(seed: 64)
        let secret = someSecret(20, alphabet: Self.alphabet, &random)
        let patterns = GuardPatterns([Secret(secret)])
        let planted = PlantedSecret(secret, .itself, .mixed, offset: 21, before: 0, &random)
        let coded = try gzip(planted.bytes, level: level)
        for place in 0...coded.count {
            let through = try relayed([coded[..<place], coded[place...]], patterns)
            #expect(through != nil, "split at \(place)")
            #expect(try gunzippedBeginning(through ?? coded).count <= planted.range.lowerBound, "split at \(place)")
        }
        let through = try relayed(coded.indices.map { coded[$0...$0] }, patterns)
        #expect(try gunzippedBeginning(through ?? coded).count <= planted.range.lowerBound, "byte by byte")
    }

    /// Text that looks like an answer and compresses like one.
    private func answer(_ count: Int, _ random: inout SplitMix64) -> [UInt8] {
        var body: [UInt8] = []
        body.reserveCapacity(count + 128)
        while body.count < count {
            body += "{\"geoid\":\"\(random.below(1 << 30))\",\"name\":\"Place \(random.below(5000))\",\"pop\":\(random.below(9))},".utf8
        }
        return Array(body[..<count])
    }

    /// Where buffers, windows and records of the way end, and the edges of the body.
    private static let places = [0, 16_383, 32_760, 65_530, 1 << 20, large - 400]

    @Test(arguments: places) func largeBodies(place: Int) throws {
        var random = SplitMix64(seed: UInt64(place))
        let secret = someSecret(40, alphabet: Self.alphabet, &random)
        let patterns = GuardPatterns([Secret(secret)])
        let form = random.pick(PlantedSecret.Form.allCases)
        let planted = PlantedSecret(secret, form, random.pick(PlantedSecret.Spelling.allCases), offset: 0, before: 2, &random)
        var body = answer(Self.large, &random)
        body.replaceSubrange(place..<place + planted.bytes.count, with: planted.bytes)
        var expected = body
        expected.replaceSubrange(place..<place + planted.masked.count, with: planted.masked)

        let pieces = random.pieces(of: body, longest: 70_000)
        #expect(scan(pieces.map { $0[...] }, patterns) == expected, "plain, \(form)")

        let coded = try gzip(body, level: 1)
        let cuts = stride(from: 0, to: coded.count, by: 16_000).map { coded[$0..<min(coded.count, $0 + 16_000)] }
        let through = try relayed(cuts, patterns)
        #expect(through != nil, "gzip, \(form)")
        #expect(try gunzippedBeginning(through ?? coded).count <= place + planted.range.lowerBound, "gzip, \(form)")
    }

    /// What the search costs where there is nothing to find. Of a build with optimisation; this one may have none.
    @Test func theCostIsPrinted() throws {
        var random = SplitMix64(seed: 65)
        let patterns = GuardPatterns((0..<4).map { _ in Secret(someSecret(64, alphabet: Self.alphabet, &random)) })
        let body = answer(1 << 20, &random)
        let coded = try gzip(body)
        let clock = ContinuousClock()
        func cost(_ work: () throws -> Void) rethrows -> Double {
            var best = Duration.seconds(3600)
            for _ in 0..<3 { best = min(best, try clock.measure(work)) }
            let (seconds, attoseconds) = best.components
            return (Double(seconds) * 1e9 + Double(attoseconds) / 1e9) / 1024
        }
        var output: [UInt8] = []
        output.reserveCapacity(body.count + 64)
        let plain = cost {
            output.removeAll(keepingCapacity: true)
            let scanner = GuardScanner(patterns: patterns)
            for start in stride(from: 0, to: body.count, by: 64 << 10) {
                scanner.scan(body.span.extracting(start..<min(body.count, start + (64 << 10))), into: &output)
            }
            scanner.finish(into: &output)
        }
        let compressed = try cost { _ = try relayed([coded[...]], patterns) }
        #if DEBUG
            let build = "without optimisation"
        #else
            let build = "with optimisation"
        #endif
        print("guard, ns per KiB of text, \(build): plain \(Int(plain)), gzip \(Int(compressed))")
        #expect(output == body)
    }
}
