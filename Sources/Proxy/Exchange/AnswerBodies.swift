import Compression
import Policy
import Rewriting
import Wire

/// Chooses what is done with each answer's body, and keeps the machines that do it for the next one. One per
/// event loop and configuration.
final class AnswerBodies {
    private let bases: [UpstreamName: UpstreamBases]
    private var rewriters: [UpstreamName: IdlePool<BodyRewriter>] = [:]
    private var searchers = IdlePool<CompressedGuard>()
    private let secrets: SecretGuard

    init(bases: [UpstreamName: UpstreamBases], secrets: SecretGuard) {
        self.bases = bases
        self.secrets = secrets
        for name in bases.keys { rewriters[name] = IdlePool() }
    }

    private var patterns: GuardPatterns { secrets.patterns }

    /// Masks secrets in what was written of a head from `start` on.
    func mask(_ output: inout [UInt8], from start: Int) { secrets.mask(&output, from: start) }

    /// - Parameters:
    ///   - mayRewrite: whether the route's answers name URLs of the API, and this one is a success with a body.
    /// - Throws: where a rewriter cannot be had.
    func choose(
        for head: borrowing ResponseHead, upstream: UpstreamName, mayRewrite: Bool, base: [UInt8]
    ) throws(RewritingError) -> AnswerBody {
        let media = Self.media(of: head)
        let coding = Self.coding(of: head)
        if mayRewrite {
            let plan = RewritePlan(media: media, coding: coding)
            switch plan {
            case .identity, .gzip:
                if let bases = bases[upstream] {
                    let rewriter = rewriters[upstream]?.take() ?? BodyRewriter(bases: bases)
                    try rewriter.begin(plan, replacement: base.span, guardedBy: patterns)
                    return .rewritten(rewriter)
                }
            case .untouched: break
            }
        }
        guard !patterns.isEmpty else { return .direct }
        switch (media, coding) {
        case (.opaque, _), (_, .other): return .direct
        case (.json, .identity), (.text, .identity): return .searched(secrets.scanner())
        case (.json, .gzip), (.text, .gzip): return .searchedBeside(try searcher())
        }
    }

    private func searcher() throws(RewritingError) -> CompressedGuard {
        guard let kept = searchers.take() else { return try CompressedGuard(patterns: patterns) }
        kept.reset(patterns: patterns)
        return kept
    }

    func giveBack(_ body: consuming AnswerBody, upstream: UpstreamName) {
        switch body {
        case .direct: break
        case .searched(let scanner): secrets.giveBack(scanner)
        case .searchedBeside(let searcher):
            searcher.letPatternsGo()
            searchers.giveBack(searcher)
        case .rewritten(let rewriter):
            rewriter.letPatternsGo()
            rewriters[upstream]?.giveBack(rewriter)
        }
    }

    private static func media(of head: borrowing ResponseHead) -> MediaKind {
        // A body of no stated type may be text.
        guard let value = head.firstValue(of: .contentType) else { return .text }
        return MediaKind(contentType: head.storage.span.extracting(value.range))
    }

    private static func coding(of head: borrowing ResponseHead) -> ContentCoding {
        guard let value = head.firstValue(of: .contentEncoding) else { return .identity }
        guard head.count(of: .contentEncoding) == 1 else { return .other }
        return ContentCoding(contentEncoding: head.storage.span.extracting(value.range))
    }
}
