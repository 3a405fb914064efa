import JSON
import Testing

/// What reading a text gives, as words; its fault last, if it has one.
private func events(_ text: String, depthLimit: Int = 32) -> [String] {
    let bytes = Array(text.utf8)
    var reader = JSONReader(depthLimit: depthLimit)
    var words: [String] = []
    while true {
        do throws(JSONFault) {
            switch try reader.next(bytes.span) {
            case .objectStart: words.append("{")
            case .objectEnd: words.append("}")
            case .arrayStart: words.append("[")
            case .arrayEnd: words.append("]")
            case .name(let range): words.append("\(String(decoding: bytes[range], as: UTF8.self)):")
            case .string(let range): words.append("'\(String(decoding: bytes[range], as: UTF8.self))'")
            case .number(let range): words.append(String(decoding: bytes[range], as: UTF8.self))
            case .boolean(let value): words.append("\(value)")
            case .null: words.append("null")
            case .end: return words
            }
        } catch {
            return words + ["\(error)"]
        }
    }
}

private func meaning(_ literal: String) -> [UInt8]? {
    let bytes = Array(literal.utf8)
    return JSONString.decoded(bytes.span, 0..<bytes.count)
}

struct JSONReaderTests {
    @Test func aTextIsReadAsEvents() {
        #expect(
            events(#" {"a" : [1, -2.5e+3, true], "b\n": {"c": null}, "d": "\"x"} "#)
                == ["{", "a:", "[", "1", "-2.5e+3", "true", "]", #"b\n:"#, "{", "c:", "null", "}", "d:", #"'\"x'"#, "}"])
        #expect(events("0") == ["0"])
        #expect(events("[]") == ["[", "]"])
    }

    @Test(arguments: [
        "", "{", "[1,]", "{,}", #"{"a":1,}"#, "[1 2]", #"{"a" 1}"#, "{a:1}", "'a'", "01", "1.", ".5", "+1", "1e",
        "tru", "nul", "NaN", #""a"#, #""\x""#, #""\u12g4""#, "\"\u{1}\"", "1 2", "{}{}", "]", "[}", "\u{FEFF}{}",
    ])
    func whatIsNoJSONIsRefused(text: String) {
        #expect(events(text).last == "notJSON")
    }

    @Test func nestingHasALimit() {
        #expect(events("[[[]]]", depthLimit: 3).last == "]")
        #expect(events("[[[[]]]]", depthLimit: 3).last == "nestedTooDeep")
        let deep = String(repeating: "[", count: 1000)
        #expect(events(deep, depthLimit: 1000).last == "nestedTooDeep")
        #expect(events(deep, depthLimit: 1000).count == JSONReader.deepest + 1)
    }

    @Test func containersAreSkippedWhole() throws {
        let bytes = Array(#"{"a":{"b":[{"a":1}]},"c":2}"#.utf8)
        var reader = JSONReader()
        _ = try reader.next(bytes.span)
        _ = try reader.next(bytes.span)
        #expect(try reader.next(bytes.span) == .objectStart)
        try reader.skipContainer(bytes.span)
        guard case .name(let range) = try reader.next(bytes.span) else {
            Issue.record("no name behind the container")
            return
        }
        #expect(bytes[range].elementsEqual("c".utf8))
    }

    @Test func stringsAreDecoded() {
        #expect(meaning(#"a\"\\\/\b\f\n\r\t"#) == Array("a\"\\/\u{8}\u{C}\n\r\t".utf8))
        #expect(meaning(#"\u0071\u00e9\ud83d\uDE00"#) == Array("qé😀".utf8))
        #expect(meaning(#"\ud83d"#) == nil)
        #expect(meaning(#"\ude00\ud83d"#) == nil)
        #expect(meaning(#"\ud83dx\ude00"#) == nil)
    }

    @Test func stringsAreComparedByTheirMeaning() {
        let bytes = Array(#"\u0071uery"#.utf8)
        let equal = ["query", #"\u0071uery"#, "q"].map { JSONString.equals(bytes.span, 0..<bytes.count, $0) }
        #expect(equal == [true, false, false])
    }
}
