import Testing
import Wire

@Suite struct QueryParametersTests {
    private func pairs(_ query: String) -> [String] {
        let input = bytes("?" + query)
        var parameters = QueryParameters(1..<input.count)
        var found: [String] = []
        while let parameter = parameters.next(in: input.span) {
            found.append(text(input[parameter.name]) + (parameter.value.map { "→" + text(input[$0]) } ?? ""))
            #expect(text(input[parameter.whole]) == found.last?.replacing("→", with: "="))
        }
        return found
    }

    @Test func areSplitAtAmpersandsAndTheFirstEqualsSign() {
        #expect(pairs("a=b&c=d=e&f&g=&=h&&i") == ["a→b", "c→d=e", "f", "g→", "→h", "i"])
        #expect(pairs("") == [])
        #expect(pairs("&&") == [])
    }

    private func decodes(_ encoded: String, to name: StaticString) -> Bool {
        PercentDecoding.equalsIgnoringCase(bytes(encoded).span, name)
    }

    @Test func namesAreComparedDecoded() {
        #expect(decodes("access_token", to: "access_token"))
        #expect(decodes("ACCESS%5ftoken", to: "access_token"))
        #expect(decodes("%61%63%63%65%73%73%5F%74%6F%6B%65%6E", to: "access_token"))
        #expect(decodes("a+b", to: "a b"))
        #expect(!decodes("access%5ftoke", to: "access_token"))
        #expect(!decodes("access_token%00", to: "access_token"))
        #expect(!decodes("access%255ftoken", to: "access_token"))
        #expect(!decodes("access%5", to: "access_token"))
    }

    @Test func brokenEscapesStandForThemselves() {
        var output: [UInt8] = []
        PercentDecoding.appendDecoded(bytes("%zz%4%41%").span, to: &output)
        #expect(text(output) == "%zz%4A%")
    }
}
