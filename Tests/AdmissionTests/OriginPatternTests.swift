import Admission
import Testing

@Suite struct OriginPatternTests {
    @Test(arguments: [
        ("https://app.example.com", "https://app.example.com:443"),
        ("HTTPS://App.Example.com", "https://app.example.com"),
        ("http://localhost:80", "http://localhost"),
    ])
    func spellingsOfOneOrigin(_ one: String, _ other: String) throws {
        #expect(try OriginPattern.parse(one) == OriginPattern.parse(other))
    }

    @Test func otherOriginsAreOthers() throws {
        #expect(try OriginPattern.parse("http://localhost:443") != OriginPattern.parse("http://localhost"))
        #expect(try OriginPattern.parse("http://localhost:*") != OriginPattern.parse("http://localhost"))
        #expect(try OriginPattern.parse("http://localhost:*") == OriginPattern.loopback[0])
        #expect(try OriginPattern.ofURL("https://h.example/a/b?c") == OriginPattern.parse("https://h.example"))
        #expect(try OriginPattern.ofURL("https://h.example:8443") == OriginPattern.parse("https://h.example:8443"))
    }

    @Test(arguments: [
        ("app.example.com", AdmissionError.originWithoutScheme), ("", .originWithoutScheme),
        ("//a", .originWithoutScheme), ("1x://a", .originWithoutScheme),
        ("*", .originIsWildcard), ("https://*", .originIsWildcard), ("https://*.example.com", .originIsWildcard),
        ("https://a*:*", .originIsWildcard),
        ("http://localhost:3*", .originIsWildcard),
        ("null", .originIsNull), ("NULL", .originIsNull),
        ("https://a/", .originHasPath), ("https://a/b", .originHasPath), ("https://a?b", .originHasPath),
        ("https://a#b", .originHasPath), ("file:///", .originHasPath),
        ("https://u@a", .originHasUserinfo), ("https://", .originHostMalformed), ("https://a:", .originHostMalformed),
        ("https://a:0", .originHostMalformed),
        ("https://a:080", .originHostMalformed), ("https://a:99999", .originHostMalformed),
        ("https://a:1:*", .originHostMalformed), ("https://a b", .originHostMalformed),
        ("https://b\u{FC}cher.example", .notASCII),
    ])
    func refuses(_ text: String, _ expected: AdmissionError) {
        #expect(throws: expected) { try OriginPattern.parse(text) }
        #expect(!expected.explanation.isEmpty)
    }
}
