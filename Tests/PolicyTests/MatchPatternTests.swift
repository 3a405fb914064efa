import Policy
import Testing

@Suite struct MatchPatternTests {
    @Test func readsEachKindOfSegment() throws {
        let pattern = try MatchPattern.parse("GET,POST  /v3/{c}/{type:query|table}/{path...}")
        #expect(pattern.methods == [.get, .post])
        #expect(pattern.template == "/v3/{c}/{type:query|table}/{path...}")
        #expect(
            pattern.segments == [
                .literal(Array("v3".utf8)), .variable(name: "c"),
                .choice(name: "type", [Array("query".utf8), Array("table".utf8)]), .rest(name: "path"),
            ])
    }

    @Test func starIsEveryMethodButOptions() throws {
        let pattern = try MatchPattern.parse("* /x")
        #expect(pattern.methods == [.get, .head, .post, .put, .patch, .delete])
        #expect(pattern.methods.patternText == "*")
        #expect(try MatchPattern.parse("GET /").segments.isEmpty)
    }

    @Test(arguments: [
        ("/v3/x", PolicyError.methodsMissing),
        ("", .methodsMissing),
        (" GET /x", .methodsMissing),
        ("GET", .methodsMissing),
        ("get /x", .methodUnknown("get")),
        ("TRACE /x", .methodUnknown("TRACE")),
        ("GET, POST /x", .methodUnknown("")),
        ("GET,,POST /x", .methodUnknown("")),
        ("*,GET /x", .methodUnknown("*")),
        ("GET,GET /x", .methodRepeated("GET")),
        ("GET x", .pathNotAbsolute("x")),
        ("GET https://h/x", .pathNotAbsolute("https://h/x")),
        ("GET ", .pathNotAbsolute("")),
        ("GET //x", .segmentEmpty),
        ("GET /x/", .segmentEmpty),
        ("GET /a b", .literalNotPlain("a b")),
        ("GET /a%41", .literalNotPlain("a%41")),
        ("GET /..", .literalNotPlain("..")),
        ("GET /a;b", .literalNotPlain("a;b")),
        ("GET /ü", .literalNotPlain("ü")),
        ("GET /*", .literalNotPlain("*")),
        ("GET /a{b}", .bracesUnbalanced("a{b}")),
        ("GET /{b}a", .bracesUnbalanced("{b}a")),
        ("GET /{b", .bracesUnbalanced("{b")),
        ("GET /{}", .bracesUnbalanced("{}")),
        ("GET /b}", .bracesUnbalanced("b}")),
        ("GET /{1}", .variableNameInvalid("1")),
        ("GET /{a-b}", .variableNameInvalid("a-b")),
        ("GET /{...}", .variableNameInvalid("")),
        ("GET /{:a|b}", .variableNameInvalid("")),
        ("GET /{a}/{a}", .variableRepeated("a")),
        ("GET /{a:b|}", .segmentEmpty),
        ("GET /{a:b|b}", .choiceRepeated("b")),
        ("GET /{a:b|{c}}", .bracesUnbalanced("{c}")),
        ("GET /{a...}/b", .restNotLast("/{a...}/b")),
        ("GET /1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17", .tooManySegments(limit: 16)),
    ])
    func refuses(_ text: String, _ expected: PolicyError) {
        #expect(throws: expected) { try MatchPattern.parse(text) }
        #expect(!expected.explanation.isEmpty)
    }
}
