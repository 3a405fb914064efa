import Foundation
import Rewriting
import TestSupport

extension SplitMix64 {
    /// Random pieces that together are `bytes`, some of them empty.
    mutating func cut(_ bytes: [UInt8], upTo longest: Int) -> [[UInt8]] {
        pieces(of: bytes, shortest: 0, longest: longest)
    }
}

func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

let upstreamBase = "https://gcp-us-east1.api.carto.com"
let proxyBase = "http://127.0.0.1:22786"

func rewrite(_ pieces: [[UInt8]], bases: [String] = [upstreamBase], to replacement: String = proxyBase) -> [UInt8] {
    var rewriter = JSONURLRewriter(bases: UpstreamBases(bases.map { Array($0.utf8) }))
    let replacement = Array(replacement.utf8)
    rewriter.reset(replacement: replacement.span)
    var output: [UInt8] = []
    for piece in pieces { rewriter.rewrite(piece.span, into: &output) }
    rewriter.finish(into: &output)
    return output
}

func rewrite(_ document: String, bases: [String] = [upstreamBase], to replacement: String = proxyBase) -> String {
    text(rewrite([Array(document.utf8)], bases: bases, to: replacement))
}

/// A case of a corpus.
struct CorpusCase: Decodable {
    var id: String
    var expect: String
    var b64: Data
}

/// The cases of one suite, where there are any.
func corpus(_ name: String) throws -> [CorpusCase]? {
    try Corpora.cases(name)?.map { try JSONDecoder().decode(CorpusCase.self, from: $0) }
}
