import Secrets
import Testing

struct SecretTests {
    @Test func noTextualFormShowsTheBytes() {
        let secret = Secret("canary-7d1f")
        var dumped = ""
        dump(secret, to: &dumped)
        for text in ["\(secret)", String(describing: secret), String(reflecting: secret), dumped, "\([secret])"] {
            #expect(!text.contains("canary"))
        }
    }

    @Test func lendsExactlyTheBytesGiven() {
        #expect(Secret("abc").withExposedBytes { span in span.indices.map { span[$0] } } == Array("abc".utf8))
        #expect(Secret("").withExposedBytes { $0.isEmpty })
    }

    @Test func comparesWholeValues() {
        #expect(Secret("abc").matches(Secret("abc")))
        #expect(!Secret("abc").matches(Secret("abd")))
        #expect(!Secret("abc").matches(Secret("ab")))
        #expect(Secret("").matches(Secret("")))
    }

    @Test func wipingEmptiesAndOverwrites() {
        var bytes = Array("secret".utf8)
        wipe(&bytes)
        #expect(bytes.isEmpty)
    }
}
