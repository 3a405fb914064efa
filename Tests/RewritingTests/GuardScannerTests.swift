import Rewriting
import Secrets
import TestSupport
import Testing

@Suite struct GuardScannerTests {
    private func scan(_ pieces: [[UInt8]], _ patterns: GuardPatterns) -> (bytes: [UInt8], hits: Int) {
        let scanner = GuardScanner(patterns: patterns)
        var output: [UInt8] = []
        for piece in pieces { scanner.scan(piece.span, into: &output) }
        scanner.finish(into: &output)
        expectTheSame(output, scanner.hits, of: pieces, patterns)
        return (output, scanner.hits)
    }

    /// Where it is known which piece is the last the same leaves, and with that piece all of it.
    private func expectTheSame(_ bytes: [UInt8], _ hits: Int, of pieces: [[UInt8]], _ patterns: GuardPatterns) {
        let scanner = GuardScanner(patterns: patterns)
        var output: [UInt8] = []
        for (index, piece) in pieces.enumerated() {
            scanner.scan(piece.span, isLast: index == pieces.count - 1) { part in
                for place in part.indices { output.append(part[place]) }
            }
        }
        #expect(!scanner.isHolding)
        #expect(output == bytes)
        #expect(scanner.hits == hits)
    }

    private static let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

    @Test(arguments: PlantedSecret.Spelling.allCases, PlantedSecret.Form.allCases)
    func aSecretAtEveryOffsetInEverySpelling(spelling: PlantedSecret.Spelling, form: PlantedSecret.Form) {
        var random = SplitMix64(seed: 41)
        for length in [16, 17, 18, 24, 43, 64] {
            let secret = someSecret(length, alphabet: Self.letters + "-._~+/=", &random)
            let patterns = GuardPatterns([Secret(secret)])
            for offset in 0..<20 {
                let planted = PlantedSecret(secret, form, spelling, offset: offset, before: offset % 7, &random)
                let whole = scan([planted.bytes], patterns)
                #expect(text(whole.bytes) == text(planted.masked), "\(secret) at \(offset)")
                #expect(whole.hits == 1)
                let split = scan(random.cut(planted.bytes, upTo: 11), patterns)
                #expect(split.bytes == planted.masked, "\(secret) at \(offset), split")
                #expect(split.hits == 1)
            }
        }
    }

    @Test(arguments: PlantedSecret.Spelling.allCases)
    func aSecretInEverySplit(spelling: PlantedSecret.Spelling) {
        var random = SplitMix64(seed: 42)
        let secret = someSecret(32, alphabet: Self.letters, &random)
        let patterns = GuardPatterns([Secret(secret)])
        for form in PlantedSecret.Form.allCases {
            let planted = PlantedSecret(secret, form, spelling, offset: 13, before: 4, &random)
            for place in 0...planted.bytes.count {
                let pieces = [Array(planted.bytes[..<place]), Array(planted.bytes[place...])]
                #expect(scan(pieces, patterns).bytes == planted.masked, "\(form) split at \(place)")
            }
            #expect(scan(planted.bytes.map { [$0] }, patterns).bytes == planted.masked, "\(form)")
        }
    }

    @Test func aSecretThatTurnsToEscapesAnywhereInEverySplit() {
        let secret = "Zk3vT9qLw8Xy2RbN6m"
        let patterns = GuardPatterns([Secret(secret)])
        for plainCount in 0...secret.utf8.count {
            let spelled = secret.utf8.enumerated().flatMap { index, byte in
                index < plainCount ? [byte] : Array("\\u00\(String(byte, radix: 16))".utf8)
            }
            for offset in 1...8 {
                let lead = [UInt8](repeating: UInt8(ascii: "."), count: offset)
                let bytes = lead + spelled + [UInt8(ascii: ".")]
                let expected = lead + [UInt8](repeating: UInt8(ascii: "*"), count: spelled.count) + [UInt8(ascii: ".")]
                for place in offset..<min(bytes.count, offset + plainCount + 13) {
                    let result = scan([Array(bytes[..<place]), Array(bytes[place...])], patterns)
                    #expect(result.bytes == expected, "\(plainCount) plain at \(offset), split at \(place)")
                }
            }
        }
    }

    @Test func secretsOfOddBytesInEverySplit() {
        var random = SplitMix64(seed: 43)
        for round in 0..<60 {
            let secret = someSecret(16 + random.below(20), alphabet: "ab%\\\"/ 25cu0&", &random)
            let patterns = GuardPatterns([Secret(secret)])
            for spelling in [PlantedSecret.Spelling.plain, .reservedPercent, .allPercentLower, .allUnicode] {
                let planted = PlantedSecret(secret, .itself, spelling, offset: round % 9, before: 0, &random)
                let result = scan(random.cut(planted.bytes, upTo: 6), patterns)
                #expect(result.bytes.count == planted.bytes.count)
                #expect(planted.range.allSatisfy { result.bytes[$0] == UInt8(ascii: "*") }, "\(secret) \(spelling)")
            }
        }
    }

    @Test func severalSecretsInOneBody() {
        var random = SplitMix64(seed: 44)
        let secrets = (0..<12).map { someSecret(16 + $0 * 7, alphabet: Self.letters, &random) }
        let patterns = GuardPatterns(secrets.map { Secret($0) })
        for _ in 0..<20 {
            var bytes: [UInt8] = []
            var expected: [UInt8] = []
            for secret in secrets.shuffled(using: &random) {
                let planted = PlantedSecret(
                    secret, random.pick(PlantedSecret.Form.allCases), random.pick(PlantedSecret.Spelling.allCases),
                    offset: random.below(30), before: random.below(4), &random)
                bytes += planted.bytes
                expected += planted.masked
            }
            let result = scan(random.cut(bytes, upTo: 60), patterns)
            #expect(text(result.bytes) == text(expected))
            #expect(result.hits == 12)
        }
    }

    @Test func oneSecretInsideAnotherAndOneThatGoesOn() {
        let short = "abcdefghijklmnop"
        for long in ["\(short)qrstuvwxyz0123", "0123456789\(short)", "01\(short)23", "\(short)\(short)"] {
            let patterns = GuardPatterns([Secret(short), Secret(long)])
            let bytes = Array("x\(long)y\(short)z".utf8)
            let expected = "x\(String(repeating: "*", count: long.utf8.count))y****************z"
            for place in 0...bytes.count {
                let result = scan([Array(bytes[..<place]), Array(bytes[place...])], patterns)
                #expect(text(result.bytes) == expected, "\(long) split at \(place)")
            }
        }
    }

    @Test func overlappingSecretsAreMaskedWhole() {
        let patterns = GuardPatterns([Secret("abcdefghijklmnopqrst"), Secret("pqrstuvwxyz0123456789")])
        let bytes = Array("..abcdefghijklmnopqrstuvwxyz0123456789..".utf8)
        let expected = "..\(String(repeating: "*", count: bytes.count - 4)).."
        for place in 0...bytes.count {
            let result = scan([Array(bytes[..<place]), Array(bytes[place...])], patterns)
            #expect(text(result.bytes) == expected, "split at \(place)")
        }
    }

    @Test func aSecretThatRepeatsItself() {
        let patterns = GuardPatterns([Secret(String(repeating: "ab", count: 10))])
        let bytes = Array(String(repeating: "ab", count: 500).utf8)
        var random = SplitMix64(seed: 45)
        for largest in [1, 3, 50, 2000] {
            let scanner = GuardScanner(patterns: patterns)
            var output: [UInt8] = []
            var fed = 0
            for piece in random.cut(bytes, upTo: largest) {
                scanner.scan(piece.span, into: &output)
                fed += piece.count
                // Twice its longest form, which is that in Base64, with each byte escaped.
                #expect(fed - output.count <= 2 * 6 * 26)
            }
            scanner.finish(into: &output)
            #expect(output.count == bytes.count)
            #expect(!text(output).contains(String(repeating: "ab", count: 10)))
        }
    }

    @Test func whatIsNoSecretStays() {
        var random = SplitMix64(seed: 46)
        let secret = someSecret(40, alphabet: Self.letters, &random)
        let patterns = GuardPatterns([Secret(secret)])
        let bytes = Array(secret.utf8)
        // All but one byte of it, the wrong case, gaps, escapes of other bytes.
        for place in 0..<bytes.count {
            var other = bytes
            other[place] = other[place] == 0x21 ? 0x22 : 0x21
            let around = Array("\"%41\\u0041\\n".utf8) + other + Array("%\\".utf8)
            let result = scan(random.cut(around, upTo: 9), patterns)
            #expect(result.bytes == around, "byte \(place)")
            #expect(result.hits == 0)
        }
        for text in [String(secret.dropLast()), String(secret.dropFirst()), "%%%\\\\\\u00", "%4", "\\", "", "\\u"] {
            let bytes = Array(text.utf8)
            #expect(scan([bytes], patterns).bytes == bytes)
            #expect(scan(bytes.map { [$0] }, patterns).bytes == bytes)
        }
    }

    @Test func anythingElseStaysInRandomTexts() {
        var random = SplitMix64(seed: 47)
        let patterns = GuardPatterns((0..<5).map { _ in Secret(someSecret(20, alphabet: "abc", &random)) })
        for _ in 0..<300 {
            let bytes = (0..<random.below(400)).map { _ in random.pick(Array("abcdefg%\\u0612".utf8)) }
            #expect(scan(random.cut(bytes, upTo: 30), patterns).bytes == bytes)
        }
    }

    @Test func nothingIsHeldOfWhatBeginsNoSecret() {
        let scanner = GuardScanner(patterns: GuardPatterns([Secret("Zk3vT9qLw8Xy2RbN6mPcJ4hD1sFgUaEo")]))
        var output: [UInt8] = []
        let event = Array("data: {\"jsonrpc\":\"2.0\",\"result\":{}}\n\n".utf8)
        scanner.scan(event.span, into: &output)
        #expect(output == event)
        #expect(!scanner.isHolding)
        let beginning = Array("data: Zk3vT9%71L".utf8)
        scanner.scan(beginning.span, into: &output)
        #expect(output == event + Array("data: ".utf8))
        #expect(scanner.isHolding)
        scanner.finish(into: &output)
        #expect(output == event + beginning)
    }

    @Test func whatIsHeldIsShorterThanTheSecretFullyEscaped() {
        let secret = "Zk3vT9qLw8Xy2RbN6mPcJ4hD1sFgUaEo"
        let scanner = GuardScanner(patterns: GuardPatterns([Secret(secret)]))
        let escaped = secret.utf8.map { Array("\\u00\(String($0, radix: 16))".utf8) }
        var output: [UInt8] = []
        var fed = 0
        for _ in 0..<50 {
            for piece in escaped.dropLast() {
                scanner.scan(piece.span, into: &output)
                fed += piece.count
                #expect(fed - output.count < secret.utf8.count * 6)
            }
        }
        scanner.finish(into: &output)
        #expect(output.count == fed)
        #expect(scanner.hits == 0)
    }

    @Test func aSecretInALargeBody() throws {
        var random = SplitMix64(seed: 48)
        let secret = someSecret(64, alphabet: Self.letters, &random)
        let patterns = GuardPatterns([Secret(secret)])
        let block = (0..<4096).map { _ in UInt8.random(in: 0x20...0x7e, using: &random) }
        var body = (0..<2048).flatMap { _ in block }
        var expected = body
        let places = [0, 100_001, 65_530, 5_000_003, body.count - 64]
        for place in places {
            body.replaceSubrange(place..<place + 64, with: Array(secret.utf8))
            expected.replaceSubrange(place..<place + 64, with: [UInt8](repeating: UInt8(ascii: "*"), count: 64))
        }
        let pieces = stride(from: 0, to: body.count, by: 65_536).map { Array(body[$0..<min(body.count, $0 + 65_536)]) }
        let result = scan(pieces, patterns)
        #expect(result.hits == places.count)
        #expect(result.bytes == expected)
    }

    @Test func shortSecretsAreNotGuardedButCounted() {
        let patterns = GuardPatterns([Secret("fifteen-letters"), Secret("")])
        #expect(patterns.isEmpty)
        #expect(patterns.unguardedCount == 2)
        let bytes = Array("fifteen-letters".utf8)
        #expect(scan([bytes], patterns).bytes == bytes)
    }

    @Test func theFirstSecretOfAHeadIsFound() {
        let patterns = GuardPatterns([Secret("Zk3vT9qLw8Xy2RbN"), Secret("another-secret-of-ours")])
        for (head, range) in [
            ("x-a: another-secret-of-ours\r\nx-b: Zk3vT9qLw8Xy2RbN", 5..<27), ("Zk3vT9qLw8Xy2RbN", 0..<16),
            ("l: /?a=Zk3vT9qLw8Xy2Rb%4e", 7..<25), ("Zk3vT9qLw8Xy2Rb", nil), ("", nil),
        ] as [(String, Range<Int>?)] {
            let head = Array(head.utf8)
            #expect(patterns.firstMatch(in: head.span) == range)
        }
    }

    @Test func inPlaceTheRestStaysInFront() {
        let scanner = GuardScanner(patterns: GuardPatterns([Secret("Zk3vT9qLw8Xy2RbN")]))
        var bytes = Array("head|Zk3vT9qLw8Xy2RbN|Zk3v".utf8)
        #expect(scanner.mask(&bytes, from: 5, atEnd: false) == 22)
        #expect(text(bytes) == "head|****************|Zk3v")
        #expect(scanner.mask(&bytes, from: 22, atEnd: true) == bytes.count)
        #expect(scanner.mask(&bytes, from: 1000, atEnd: true) == bytes.count)
        #expect(scanner.hits == 1)
    }
}
