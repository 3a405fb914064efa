@testable import ClientKeys
import Policy
import Secrets
import Wire

enum Made {
    static func key(_ seed: UInt64 = 1) -> [UInt8] {
        var generator = SplitMixBytes(seed: seed)
        return text(of: KeyText.make(from: generator.bytes(25).span))
    }

    static func text(of secret: Secret) -> [UInt8] { secret.withExposedBytes { span in span.indices.map { span[$0] } } }

    static func digest(_ seed: UInt64 = 1) -> KeyDigest { KeyDigest(of: key(seed).span)! }

    // Spans cannot stand in the macros of tests.

    static func isKey(_ bytes: [UInt8]) -> Bool { KeyText.isWellFormed(bytes.span) }

    static func hash(_ text: String) -> KeyDigest? { KeyDigest(of: Array(text.utf8).span) }

    static func hash(hexadecimal text: String) -> KeyDigest? { KeyDigest(hexadecimal: Array(text.utf8).span) }

    static func records(_ bytes: [UInt8]) throws(KeyFileFault) -> [KeyRecord] { try KeyFileFormat.decode(bytes.span) }

    static func usage(_ bytes: [UInt8]) -> [String: DayCount]? { UsageFormat.decode(bytes.span) }

    static func patterns(_ texts: String...) throws -> PatternSet { PatternSet(try texts.map { try MatchPattern.parse($0) }) }

    static func head(_ fields: String...) throws -> RequestHead {
        var head = RequestHead()
        let text = (["GET /v3/sql HTTP/1.1", "Host: localhost"] + fields).joined(separator: "\r\n") + "\r\n\r\n"
        try head.parse(Array(text.utf8).span)
        return head
    }
}

struct SplitMixBytes {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 33)
        }
    }
}
