import Testing
import Wire

@Suite struct ByteComparisonTests {
    @Test func lettersOfEitherCaseAreAlikeAndNothingElseIs() {
        #expect(equalIgnoringCase("Content-LENGTH", "content-length"))
        // Bytes that differ in the case bit only, but are no letters.
        #expect(!equalIgnoringCase("[]", "{}"))
        #expect(!equalIgnoringCase("@", "`"))
        // U+212A KELVIN SIGN, which Unicode lowercases to k.
        #expect(!equalIgnoringCase("chun\u{212A}ed", "chunked"))
    }
}
