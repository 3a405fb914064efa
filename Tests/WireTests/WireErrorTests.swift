import Testing
import Wire

@Suite struct WireErrorTests {
    @Test(arguments: WireError.allCases)
    func hasAStatusACodeAndASentence(_ error: WireError) {
        #expect([400, 413, 414, 431, 501, 505].contains(error.status))
        #expect(!ReasonPhrase.standard(for: error.status).description.isEmpty)
        #expect(error.code.utf8.allSatisfy { $0 == UInt8(ascii: "-") || ByteClass.of($0) & ByteClass.token != 0 })
        #expect(error.code == error.code.lowercased())
        #expect(error.explanation.hasSuffix("."))
    }
}
