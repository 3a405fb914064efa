import Compression
import Foundation
import TestSupport

/// Bytes with repetitions, as texts have them.
func someText(_ count: Int, _ random: inout SplitMix64) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count {
        if bytes.count > 32, Bool.random(using: &random) {
            let start = Int.random(in: 0..<bytes.count - 20, using: &random)
            bytes += bytes[start..<start + Int.random(in: 4...20, using: &random)]
        } else {
            bytes.append(UInt8.random(in: 0...255, using: &random))
        }
    }
    return Array(bytes.prefix(count))
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

/// Feeds `bytes` in pieces of the given sizes (the last repeats), with at most `limit` bytes per step.
func inflate(
    _ bytes: [UInt8], pieces: [Int] = [.max], limit: Int = 1 << 16, with inflater: Inflater
) throws -> [UInt8] {
    var output: [UInt8] = []
    var start = 0
    var turn = 0
    while start < bytes.count {
        let size = min(max(pieces[min(turn, pieces.count - 1)], 1), bytes.count - start)
        turn += 1
        let piece = Array(bytes[start..<start + size])
        var from = 0
        while true {
            let progress = try inflater.inflate(piece.span, from: from, into: &output, limit: limit)
            from += progress.consumed
            if progress.stop == .inputConsumed { break }
        }
        start += size
    }
    try inflater.finish()
    return output
}

func inflate(_ bytes: [UInt8], format: Inflater.Format = .gzip) throws -> [UInt8] {
    try inflate(bytes, with: Inflater(format))
}

/// A case of the corpus of coded bodies.
struct CodedBody: Decodable {
    var id: String
    var expect: String
    var cenc: String
    var dlen: Int
    var b64: Data
}

/// The corpora lie beside the repository, or are absent.
func codedBodies() throws -> [CodedBody]? {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    let file = root.appending(path: "../shared/corpora/encoded-bodies/cases.jsonl").standardized
    guard let text = try? String(contentsOf: file, encoding: .utf8) else { return nil }
    return try text.split(separator: "\n").map { try JSONDecoder().decode(CodedBody.self, from: Data($0.utf8)) }
}
