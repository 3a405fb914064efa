import Credentials
import Secrets
import Testing

struct ServerMessageTests {
    private static let secret = "cAnArY+secret/7=&x"

    private func message(_ body: String, secrets: [Secret] = [Secret(Self.secret)]) -> String? {
        guard case .failure(let failure) = TokenAnswerTests.parse(body, status: 401, secrets: secrets) else {
            return nil
        }
        return failure.message?.description
    }

    @Test func keepsTheServersWords() {
        #expect(
            message(#"{"error":"access_denied","error_description":"Unauthorized"}"#) == "access_denied: Unauthorized")
        #expect(message(#"{"error_description":"No"}"#) == "No")
        #expect(message("{}") == nil)
        #expect(message("<html>") == nil)
    }

    @Test func makesThemFitForOneLineOfALog() throws {
        #expect(message(#"{"error":"a\r\nb\u001b[31m\u0000é"}"#) == "a??b?[31m???")
        let long = try #require(message(#"{"error":"\#(String(repeating: "x", count: 5_000))"}"#))
        #expect(long.utf8.count == 163)
    }

    @Test func withholdsWhatRepeatsASecretInAnyForm() {
        let bytes = Array(Self.secret.utf8)
        var forms = [Self.secret, String(Self.secret.prefix(9)), String(Self.secret.suffix(9))]
        var encoded: [UInt8] = []
        FormEncoding.append(bytes.span, to: &encoded)
        forms.append(String(decoding: encoded, as: UTF8.self))
        for preceding in 0..<3 {
            var base64: [UInt8] = []
            Base64.append((Array(repeating: UInt8(ascii: ":"), count: preceding) + bytes).span, to: &base64)
            forms.append(String(decoding: base64, as: UTF8.self))
            forms.append(JWTFixture.base64URL(String(repeating: ":", count: preceding) + Self.secret))
        }
        for form in forms {
            let shown = message(#"{"error":"bad","error_description":"got \#(form)!"}"#)
            #expect(shown == "<withheld: it repeats a secret>", "\(form)")
            // Beyond where the text is cut, too, and across escapes.
            let far = message(#"{"error":"\#(String(repeating: "x", count: 155))\#(form)"}"#)
            #expect(far == "<withheld: it repeats a secret>")
        }
        #expect(message(#"{"error":"c\u0041nArY\u002bsecret\/7=&x"}"#) == "<withheld: it repeats a secret>")
    }

    @Test func shortSecretsAreLookedForWhole() {
        #expect(message(#"{"error":"abcd"}"#, secrets: [Secret("abc")])?.hasPrefix("<") == true)
        #expect(message(#"{"error":"ab"}"#, secrets: [Secret("abc"), Secret("")]) == "ab")
    }

    @Test func noTextForClientsHoldsTheServersWords() {
        guard case .failure(let failure) = TokenAnswerTests.parse(#"{"error":"canary"}"#, status: 401) else { return }
        let told = TokenFailure(cause: failure, retryAfterSeconds: 1)
        #expect(!(told.code + told.explanation + told.hint).contains("canary"))
        #expect(failure.description.contains("canary"))
    }
}
