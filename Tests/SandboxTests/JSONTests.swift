import Sandbox
import Testing

@Suite struct JSONTests {
    @Test(arguments: [
        "null", "true", "false", "0", "-1", "12345678901234567890.5", "\"\"", "[]", "{}", #"[1,"a",{"b":[null]}]"#,
        #"{"a":{"b":[{"c":[[],{}]}]},"d":"é\n\"\\","a2":-0.5}"#,
    ])
    func writesWhatItRead(_ text: String) throws {
        let value = try JSONReader.read(Array(text.utf8))
        let written = JSONWriter.write(value)
        #expect(try JSONReader.read(written) == value)
    }

    @Test func readsEscapes() throws {
        let value = try JSONReader.read(Array(#" "\u0041\ud83d\ude00\/\t\"" "#.utf8))
        #expect(value == .text("A😀/\t\""))
    }

    @Test func keepsIntegersWholeAndTurnsOthersIntoNumbers() throws {
        let value = try JSONReader.read(Array("[9223372036854775807,9223372036854775808,1.0]".utf8))
        #expect(value == [.integer(.max), .number(9_223_372_036_854_775_808), .number(1)])
    }

    @Test func escapesControlCharacters() {
        #expect(JSONWriter.write(.text("\u{1}\u{1F}\n")) == Array(#""\u0001\u001f\n""#.utf8))
    }

    @Test func writesNoNumberThatIsNone() {
        #expect(JSONWriter.write([.number(.infinity), .number(.nan)]) == Array("[null,null]".utf8))
    }

    @Test(arguments: [
        ("", JSONError.valueExpected), ("[", .valueExpected), ("[1,]", .valueExpected), ("{,}", .nameExpected),
        ("{\"a\"}", .colonExpected), ("[1 2]", .commaOrEndExpected), ("{\"a\":1 \"b\"}", .commaOrEndExpected),
        ("1 2", .nothingBehindTheValue), ("01", .numberMalformed), ("1.", .numberMalformed), ("1e", .numberMalformed),
        ("1e999", .numberMalformed), ("+1", .valueExpected), ("\"", .stringMalformed), ("\"\u{1}\"", .stringMalformed),
        (#""\x""#, .stringMalformed), (#""\ud800""#, .stringMalformed), (#""\ud800\u0041""#, .stringMalformed),
        (#""\udc00""#, .stringMalformed), ("nul", .valueExpected), ("[}", .valueExpected),
        (String(repeating: "[", count: 65), .tooDeep), (String(repeating: "{\"a\":", count: 65), .tooDeep),
    ])
    func refuses(_ text: String, because error: JSONError) {
        #expect(throws: error) { try JSONReader.read(Array(text.utf8)) }
    }

    @Test func refusesBytesThatAreNotUTF8() {
        #expect(throws: JSONError.stringNotUTF8) { try JSONReader.read([0x22, 0xFF, 0x22]) }
    }

    @Test func readsTheDeepestAllowed() throws {
        let text = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
        #expect(JSONWriter.write(try JSONReader.read(Array(text.utf8))) == Array(text.utf8))
    }
}
