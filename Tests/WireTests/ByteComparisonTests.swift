import Testing
import Wire

@Suite struct ByteComparisonTests {
    @Test func lettersOfEitherCaseAreAlikeAndNothingElseIs() {
        #expect(ByteComparison.equalIgnoringCase(Array("Content-LENGTH".utf8).span, "content-length"))
        // Bytes that differ in the case bit only, but are no letters.
        #expect(!ByteComparison.equalIgnoringCase(Array("[]".utf8).span, "{}"))
        #expect(!ByteComparison.equalIgnoringCase(Array("@".utf8).span, "`"))
        // U+212A KELVIN SIGN, which Unicode lowercases to k.
        #expect(!ByteComparison.equalIgnoringCase(Array("chun\u{212A}ed".utf8).span, "chunked"))
    }
}
