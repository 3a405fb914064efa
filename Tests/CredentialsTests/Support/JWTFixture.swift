import Credentials

/// Unsigned tokens of chosen contents.
enum JWTFixture {
    static func token(header: String = #"{"alg":"RS256","typ":"JWT"}"#, payload: String) -> String {
        [header, payload].map(base64URL).joined(separator: ".") + ".c2lnbmF0dXJl"
    }

    static func base64URL(_ text: String) -> String {
        var output: [UInt8] = []
        Base64.append(Array(text.utf8).span, to: &output)
        let characters: [Character] = output.compactMap {
            switch $0 {
            case UInt8(ascii: "="): nil
            case UInt8(ascii: "+"): "-"
            case UInt8(ascii: "/"): "_"
            default: Character(Unicode.Scalar($0))
            }
        }
        return String(characters)
    }
}
