import Policy
import TestSupport
import Testing

@Suite struct CanonicalPathTests {
    @Test(arguments: [
        "/", "/v3", "/v3/", "/v3/maps/carto_dw/table", "/v3/maps/c/table/3/2/1",
        "/v3/connections/c/resources/carto-demo-data.demo_tables.airports",
        "/v3/named-sources/my%20source", "/v3/named-sources/%22quoted%22", "/v3/named-sources/a'b(c)*!$&+,=:@~",
        "/v3/named-sources/caf%C3%A9", "/v3/named-sources/caf%c3%a9", "/v3/named-sources/%E5%9C%B0%E5%9B%B3",
        "/v3/named-sources/%F0%9F%97%BA", "/v3/named-sources/50%25", "/v3/named-sources/50%25%20off", "/v3/x/..a",
        "/v3/x/.a",
        "/v3/x/a..b", "/V3/MAPS", "/v3/named-sources/a%7Cb%5Bc%5D%7Bd%7D%3C%3E%5E%60",
    ])
    func passesAsItIs(_ path: String) {
        #expect(canonicalError(path) == nil)
    }

    @Test(arguments: [
        ("", PathError.notAbsolute), ("v3/maps", .notAbsolute), ("*", .notAbsolute), ("%2Fv3", .notAbsolute),
        ("//v3/maps", .leadingDoubleSlash), ("//", .leadingDoubleSlash), ("///", .leadingDoubleSlash),
        ("/v3//maps", .emptySegment), ("/v3/maps//", .emptySegment),
        ("/v3/./maps", .dotSegment), ("/v3/../maps", .dotSegment), ("/v3/..", .dotSegment), ("/.", .dotSegment),
        ("/v3/.../x", .dotSegment), ("/v3/../", .dotSegment),
        ("/v3/tokens.", .trimmedSegment), ("/v3/tokens./x", .trimmedSegment), ("/v3/tokens%20", .trimmedSegment),
        ("/v3/%20tokens", .trimmedSegment), ("/v3/..%20/x", .trimmedSegment), ("/v3/%20", .trimmedSegment),
        ("/v3\\maps", .backslash), ("/v3/..\\tokens", .backslash),
        ("/v3/tokens;x", .semicolon), ("/v3/..;/tokens", .semicolon),
        ("/v3/a b", .forbiddenByte), ("/v3/\"", .forbiddenByte), ("/v3/<", .forbiddenByte), ("/v3/{z}", .forbiddenByte),
        ("/v3/a|b", .forbiddenByte), ("/v3/[", .forbiddenByte), ("/v3/^", .forbiddenByte), ("/v3/`", .forbiddenByte),
        ("/v3/a?b", .forbiddenByte), ("/v3/a#b", .forbiddenByte), ("/v3/é", .forbiddenByte),
        ("/v3/\u{0}", .forbiddenByte),
        ("/v3/\n", .forbiddenByte), ("/v3/\u{7F}", .forbiddenByte),
        ("/v3/%", .percentMalformed), ("/v3/%4", .percentMalformed), ("/v3/%zz", .percentMalformed),
        ("/v3/%u002e", .percentMalformed),
        ("/v3/%%32e", .percentMalformed), ("/v3/% 41", .percentMalformed), ("/v3/%/x", .percentMalformed),
        ("/v3/%2e", .encodedDot), ("/v3/%2E%2e/tokens", .encodedDot), ("/v3/.%2e/x", .encodedDot),
        ("/v3/a%2eb", .encodedDot),
        ("/v3%2Ftokens", .encodedSlash), ("/v3/%2f", .encodedSlash),
        ("/v3/%5c", .encodedBackslash), ("/v3/..%5Ctokens", .encodedBackslash),
        ("/v3/%00", .encodedControl), ("/v3/tokens%00.json", .encodedControl), ("/v3/%0d%0aX: y", .encodedControl),
        ("/v3/%7F", .encodedControl), ("/v3/%09", .encodedControl), ("/v3/%C2%80", .encodedControl),
        ("/v3/%C2%9F", .encodedControl),
        ("/v3/%3B", .encodedSemicolon), ("/v3/%3b", .encodedSemicolon),
        ("/v3/tokens%3Fx", .encodedDelimiter), ("/v3/tokens%23x", .encodedDelimiter),
        ("/v3/%74okens", .encodedUnreserved), ("/v3/%54", .encodedUnreserved), ("/v3/%2D", .encodedUnreserved),
        ("/v3/%5F", .encodedUnreserved), ("/v3/%7E", .encodedUnreserved), ("/v3/%30", .encodedUnreserved),
        ("/v3/%252e", .doublyEncoded), ("/v3/%25252e", .doublyEncoded), ("/v3/%25u002e", .doublyEncoded),
        ("/v3/%25a", .doublyEncoded),
        ("/v3/%25%32%65", .encodedUnreserved),
        ("/v3/%c0%ae", .notUTF8), ("/v3/%c0%af", .notUTF8), ("/v3/%e0%80%ae", .notUTF8), ("/v3/%f0%80%80%ae", .notUTF8),
        ("/v3/%f8%80%80%80%ae", .notUTF8), ("/v3/%ff", .notUTF8), ("/v3/%80", .notUTF8), ("/v3/%c3", .notUTF8),
        ("/v3/%c3/x", .notUTF8), ("/v3/%c3a%a9", .notUTF8), ("/v3/%c3/%a9", .notUTF8), ("/v3/%c3a", .notUTF8),
        ("/v3/%ed%a0%80", .notUTF8), ("/v3/%f4%90%80%80", .notUTF8),
        ("/v3/%e5%9c", .notUTF8), ("/v3/%c1%9c", .notUTF8),
    ])
    func refuses(_ path: String, _ expected: PathError) {
        #expect(canonicalError(path) == expected)
    }

    @Test func everyRefusalHasACodeOfItsOwnAndAWayOut() {
        #expect(Set(PathError.allCases.map(\.code)).count == PathError.allCases.count)
        for error in PathError.allCases { #expect(!error.explanation.isEmpty && !error.hint.isEmpty) }
    }

    @Test func anyBytesAreJudgedWithoutATrapAndTheVerdictHoldsForEveryByte() {
        var generator = SplitMix64(seed: 7)
        let pieces: [[UInt8]] =
            ["/", "%", "2", "e", "E", ".", "5c", "%25", "a", "%C3", "%A9", "%2F", ";", " "].map { Array($0.utf8) } + [
                [0xC3], [0], [0xFF],
            ]
        var passed = 0
        for _ in 0..<60_000 {
            var path: [UInt8] = [UInt8(ascii: "/")]
            for _ in 0..<Int.random(in: 0...6, using: &generator) { path += pieces.randomElement(using: &generator)! }
            guard canonicalError(path) == nil else { continue }
            passed += 1
            // What passed has one reading: decoded once or twice it gains no separator and no dot segment.
            for decoded in [Decoding.percent(path), Decoding.percent(Decoding.percent(path))] {
                #expect(decoded.count { $0 == UInt8(ascii: "/") } == path.count { $0 == UInt8(ascii: "/") })
                #expect(!decoded.contains { $0 < 0x20 || $0 == UInt8(ascii: ";") || $0 == UInt8(ascii: "\\") })
                #expect(
                    !decoded.split(separator: UInt8(ascii: "/")).contains { $0.allSatisfy { $0 == UInt8(ascii: ".") } })
            }
        }
        #expect(passed > 1_000)
    }
}
