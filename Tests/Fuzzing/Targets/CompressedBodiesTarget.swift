import Compression
import Rewriting
import TestSupport

/// The input is taken for a compressed body as it is, and for one that was damaged on its way.
struct CompressedBodiesTarget {
    private static let limits = InflateLimits(outputBytes: 1 << 19, ratio: 256, ratioFreeBytes: 1 << 17)
    private static let proxyBase = Array("http://127.0.0.1:22786".utf8)
    private static let bases = UpstreamBases([Array("https://gcp-us-east1.api.carto.com".utf8)])

    /// One for all that is made of an input, as a loop keeps one for its answers, whatever became of the last.
    private let rewriter = BodyRewriter(bases: bases)

    static func check(_ input: [UInt8]) throws(Violation) { try CompressedBodiesTarget().check(input) }

    private func check(_ input: [UInt8]) throws(Violation) {
        var draw = Draw(input)
        try checkBody(input, &draw)
        let damaged = try damaged(input, &draw)
        try checkBody(damaged.bytes, &draw)
        guard damaged.isWhole else { return }
        try require((try? gunzip(damaged.bytes)) == input, "what was compressed is what comes out")
    }

    private func damaged(_ input: [UInt8], _ draw: inout Draw) throws(Violation) -> (bytes: [UInt8], isWhole: Bool) {
        var coded = try obtain(gzip(input, level: draw.below(10)), "what is short can be compressed")
        switch draw.below(5) {
        case 0: return (coded, true)
        case 1: coded.removeLast(1 + draw.below(coded.count))
        case 2: coded[draw.below(coded.count)] ^= UInt8(1 << draw.below(8))
        case 3: coded += [UInt8](repeating: UInt8(draw.below(256)), count: 1 + draw.below(20))
        default: coded.remove(at: draw.below(coded.count))
        }
        return (coded, false)
    }

    private func checkBody(_ body: [UInt8], _ draw: inout Draw) throws(Violation) {
        let plain = expand([body])
        let stepped = expand(draw.pieces(body), step: draw.pick([1, 100, 1 << 14]))
        try require(stepped == plain || meetsLimit(stepped) || meetsLimit(plain), "any steps inflate to the same")
        try checkGuard(body, plain, &draw)
        try checkRewriter(body, plain, &draw)
    }

    /// How far a body swells is looked at after each step, so small steps see more of it than large ones do: of
    /// bodies at the limits the verdict may differ.
    private func meetsLimit(_ result: Result<[UInt8], CompressionError>) -> Bool {
        switch result {
        case .failure(.ratioMustStayWithinLimit), .failure(.outputMustStayWithinLimit): true
        case .success, .failure: false
        }
    }

    private func expand(_ pieces: [[UInt8]], step: Int = 1 << 16) -> Result<[UInt8], CompressionError> {
        Result { () throws(CompressionError) in
            try Inflater(.gzip, limits: Self.limits).inflateAll(pieces, step: step)
        }
    }

    /// A body relayed as it came: whole where it can be read and holds no secret, else cut before that.
    private func checkGuard(
        _ body: [UInt8], _ plain: Result<[UInt8], CompressionError>, _ draw: inout Draw
    ) throws(Violation) {
        var relayed: [UInt8] = []
        var failure: RewritingError?
        do throws(RewritingError) {
            let guarding = try CompressedGuard(patterns: Guarded.patterns, limits: Self.limits)
            try guarding.relay(draw.pieces(body), work: draw.pick([1, 1 << 12, 1 << 20]), into: &relayed)
        } catch {
            failure = error
        }
        try require(body.starts(with: relayed), "what is relayed is what came")
        switch (plain, failure) {
        case (.success, nil): try require(relayed == body, "a whole body is relayed whole")
        case (.success(let text), .secretMustNotReturn):
            try require(text.count >= GuardPatterns.shortestSecret, "only secrets are cut")
        case (.success, .withheldBytesMustBeBounded):
            try require(body.count > CompressedGuard.withheldLimit, "only what is long can be withheld for long")
        case (.failure(let one), .bodyMustInflate(let other)):
            let isSame = one == other || meetsLimit(.failure(one)) || meetsLimit(.failure(other))
            try require(isSame, "the reason is the same")
        // The secret comes before what is broken.
        case (.failure, .secretMustNotReturn): break
        case (_, .bodyMustInflate(let error)) where meetsLimit(.failure(error)): break
        case (.failure(let error), _) where meetsLimit(.failure(error)): break
        default:
            throw Violation(
                description: "a body is relayed if it can be read: \(plain), \(String(describing: failure))")
        }
        let readable = try obtain(gunzippedBeginning(relayed, limits: Self.limits), "an inflater can be had")
        try require(!Guarded.canBeRead(in: readable), "no secret can be read in what was relayed")
    }

    private func checkRewriter(
        _ body: [UInt8], _ plain: Result<[UInt8], CompressionError>, _ draw: inout Draw
    ) throws(Violation) {
        let limit = draw.pick([1, 100, 1 << 16])
        let rewritten = rewrite(draw.pieces(body), .gzip, limit: limit)
        switch (plain, rewritten) {
        case (.success(let text), .success(let coded)):
            guard case .success(let expected) = rewrite([text], .identity, limit: 1 << 16),
                let found = try? gunzip(coded)
            else { throw Violation(description: "what is rewritten can be read") }
            try require(found == expected, "it is rewritten as if it had not been compressed")
        case (.failure(let one), .failure(.bodyMustInflate(let other))):
            let isSame = one == other || meetsLimit(.failure(one)) || meetsLimit(.failure(other))
            try require(isSame, "the reason is the same")
        case (_, .failure(.bodyMustInflate(let error))) where meetsLimit(.failure(error)): break
        case (.failure(let error), _) where meetsLimit(.failure(error)): break
        default: throw Violation(description: "a body is rewritten if it can be read: \(plain), \(rewritten)")
        }
    }

    private func rewrite(
        _ pieces: [[UInt8]], _ plan: RewritePlan, limit: Int
    ) -> Result<[UInt8], RewritingError> {
        Result { () throws(RewritingError) in
            try rewriter.begin(plan, replacement: Self.proxyBase.span, guardedBy: Guarded.patterns, limits: Self.limits)
            return try rewriter.rewriteAll(pieces, limit: limit)
        }
    }
}
