import Foundation
import Secrets
import TestSupport

/// A text with a secret in it, written in one of the ways an upstream may write it, and where it stands.
struct PlantedSecret {
    enum Spelling: CaseIterable {
        case plain, reservedPercent, allPercentUpper, allPercentLower, allUnicode, somePercent, someUnicode, mixed
    }

    enum Form: CaseIterable {
        case itself, base64, base64URL
    }

    var bytes: [UInt8]
    /// What has to become asterisks.
    var range: Range<Int>

    /// - Parameter before: how many bytes stand before the secret in what is encoded with Base64.
    init(
        _ secret: String, _ form: Form, _ spelling: Spelling, offset: Int, before: Int, _ random: inout SplitMix64
    ) {
        var lead: [UInt8] = []
        var core = Array(secret.utf8)
        var trail: [UInt8] = []
        if form != .itself {
            let around = (0..<before).map { _ in UInt8.random(in: 0x21...0x7e, using: &random) }
            let behind = (0..<random.below(4)).map { _ in UInt8.random(in: 0x21...0x7e, using: &random) }
            var encoded = Array(Data(around + core + behind).base64EncodedString().utf8)
            if form == .base64URL {
                encoded = encoded.compactMap { $0 == 0x2b ? 0x2d : $0 == 0x2f ? 0x5f : $0 == 0x3d ? nil : $0 }
            }
            // The characters that are made of the secret's bits alone.
            let first = (before * 8 + 5) / 6
            let end = (before + core.count) * 8 / 6
            lead = Array(encoded[..<first])
            core = Array(encoded[first..<end])
            trail = Array(encoded[end...])
        }
        let filler = Array("abcdefghijklmnopqrstuvwxyz {}[]:,\"0123456789".utf8)
        bytes = (0..<offset).map { _ in random.pick(filler) } + lead
        let start = bytes.count
        for byte in core { bytes += Self.spell(byte, spelling, &random) }
        range = start..<bytes.count
        bytes += trail
        for _ in 0..<random.below(40) { bytes.append(random.pick(filler)) }
    }

    var masked: [UInt8] {
        bytes.indices.map { range.contains($0) ? UInt8(ascii: "*") : bytes[$0] }
    }

    private static func spell(_ byte: UInt8, _ spelling: Spelling, _ random: inout SplitMix64) -> [UInt8] {
        let plain = byte == 0x22 || byte == 0x5c ? [0x5c, byte] : [byte]
        switch spelling {
        case .plain: return plain
        case .reservedPercent:
            let isUnreserved = byte.isASCIIAlphanumeric || Array("-._~".utf8).contains(byte)
            return isUnreserved ? [byte] : percent(byte, uppercase: true)
        case .allPercentUpper: return percent(byte, uppercase: true)
        case .allPercentLower: return percent(byte, uppercase: false)
        case .allUnicode: return unicode(byte, uppercase: random.chance(2))
        case .somePercent: return random.chance(8) ? percent(byte, uppercase: random.chance(2)) : plain
        case .someUnicode: return random.chance(8) ? unicode(byte, uppercase: random.chance(2)) : plain
        case .mixed:
            if byte == 0x2f, random.chance(2) { return [0x5c, byte] }
            switch random.below(4) {
            case 0: return percent(byte, uppercase: random.chance(2))
            case 1: return unicode(byte, uppercase: random.chance(2))
            default: return plain
            }
        }
    }

    private static func percent(_ byte: UInt8, uppercase: Bool) -> [UInt8] {
        let digits = String(byte, radix: 16, uppercase: uppercase)
        return Array("%\(digits.count == 1 ? "0" : "")\(digits)".utf8)
    }

    private static func unicode(_ byte: UInt8, uppercase: Bool) -> [UInt8] {
        let digits = String(byte, radix: 16, uppercase: uppercase)
        return Array("\\u00\(digits.count == 1 ? "0" : "")\(digits)".utf8)
    }
}

extension UInt8 {
    var isASCIIAlphanumeric: Bool {
        (0x30...0x39).contains(self) || (0x41...0x5a).contains(self) || (0x61...0x7a).contains(self)
    }
}

func someSecret(_ count: Int, alphabet: String, _ random: inout SplitMix64) -> String {
    String((0..<count).map { _ in random.pick(Array(alphabet)) })
}
