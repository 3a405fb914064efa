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

/// Feeds `bytes` in pieces of the given sizes (the last repeats), with at most `limit` bytes per step.
func inflate(
    _ bytes: [UInt8], pieces: [Int] = [.max], limit: Int = 1 << 16, with inflater: Inflater
) throws -> [UInt8] {
    var cut: [[UInt8]] = []
    var start = 0
    while start < bytes.count {
        let end = start + min(max(pieces[min(cut.count, pieces.count - 1)], 1), bytes.count - start)
        cut.append(Array(bytes[start..<end]))
        start = end
    }
    return try inflater.inflateAll(cut, step: limit)
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

func codedBodies() throws -> [CodedBody]? {
    try Corpora.cases("encoded-bodies")?.map { try JSONDecoder().decode(CodedBody.self, from: $0) }
}
