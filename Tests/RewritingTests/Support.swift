import Compression
import Foundation
import Rewriting
import Secrets
import TestSupport

extension SplitMix64 {
    mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }
    mutating func chance(_ one: Int) -> Bool { below(one) == 0 }
    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }
}

/// Cuts bytes into pieces of random sizes up to `largest`.
func cut(_ bytes: [UInt8], upTo largest: Int, _ random: inout SplitMix64) -> [[UInt8]] {
    var pieces: [[UInt8]] = []
    var start = 0
    while start < bytes.count {
        let end = min(bytes.count, start + Int.random(in: 0...largest, using: &random))
        pieces.append(Array(bytes[start..<end]))
        start = end
    }
    return pieces
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

func gzip(_ bytes: [UInt8], level: Int = 6) throws -> [UInt8] {
    let deflater = try Deflater(level: level)
    var output: [UInt8] = []
    var from = 0
    while from < bytes.count {
        from += deflater.deflate(bytes.span, from: from, into: &output, limit: 1 << 16).consumed
    }
    while !deflater.finish(into: &output, limit: 1 << 16) {}
    return output
}

func gunzip(_ bytes: [UInt8]) throws -> [UInt8] {
    let inflater = try Inflater(.gzip, limits: .none)
    var output: [UInt8] = []
    var from = 0
    while true {
        let progress = try inflater.inflate(bytes.span, from: from, into: &output, limit: 1 << 16)
        from += progress.consumed
        if progress.stop == .inputConsumed { break }
    }
    try inflater.finish()
    return output
}

/// A case of a corpus.
struct CorpusCase: Decodable {
    var id: String
    var expect: String
    var b64: Data
}

/// The corpora lie beside the repository, or are absent.
func corpus(_ name: String) throws -> [CorpusCase]? {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    let file = root.appending(path: "../shared/corpora/\(name)/cases.jsonl").standardized
    guard let text = try? String(contentsOf: file, encoding: .utf8) else {
        print("skipped: no corpora beside the repository")
        return nil
    }
    return try text.split(separator: "\n").map { try JSONDecoder().decode(CorpusCase.self, from: Data($0.utf8)) }
}
