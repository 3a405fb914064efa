import JSON
import Testing

struct JSONValueTests {
    @Test func aDocumentIsWrittenInItsOrderAndIndented() {
        let value = JSONValue.object([
            "b": .number(-1), "a": .array([.null, .boolean(true), .strings([])]), "empty": .object([:]),
            "text": .optional("a\"\\\n\u{1}é"), "none": .optional(nil),
        ])
        #expect(
            value.text == """
                {
                  "b": -1,
                  "a": [
                    null,
                    true,
                    []
                  ],
                  "empty": {},
                  "text": "a\\"\\\\\\n\\u0001é",
                  "none": null
                }

                """)
    }

    @Test func whatIsWrittenCanBeRead() throws {
        let bytes = Array(JSONValue.object(["q\u{7F}": .strings(["\t", "\u{0}"])]).text.utf8)
        var reader = JSONReader()
        while try reader.next(bytes.span) != .end {}
    }
}
