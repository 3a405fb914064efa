/// The rules a successful token answer, or a record of one, is held to.
package enum MalformedAnswer: Error, Equatable, Sendable {
    case notJSON
    case webPageInsteadOfJSON
    case nestedTooDeep
    case answerTooLarge
    case notAnObject
    /// A member that matters is there twice (RFC 8259 §4: what that means is unpredictable).
    case memberRepeated
    /// An `error` beside a status of success, and no code that says which kind.
    case errorInsteadOfToken
    case tokenMissing
    case tokenEmpty
    case tokenTooLong
    /// RFC 6750 §2.1: b64token.
    case tokenByteNotAllowed
    /// RFC 6749 §5.1: `token_type` is required.
    case tokenTypeMissing
    /// RFC 6749 §7.1: a token of an unknown type must not be used.
    case tokenTypeNotBearer
    /// `expires_in` of nothing or less, or an `exp` that has passed on the server's own clock.
    case lifetimeNotPositive
    /// The answer took longer than the token lives.
    case expiredOnArrival

    /// Fixed text, without anything the server sent.
    package var explanation: String {
        switch self {
        case .notJSON: "it is not JSON"
        case .webPageInsteadOfJSON: "it is a web page (a wrong token URL, or a network that wants a login)"
        case .nestedTooDeep: "it nests deeper than \(TokenLimits.jsonDepth) levels"
        case .answerTooLarge: "it is larger than \(TokenLimits.answerBytes) bytes"
        case .notAnObject: "it is not a JSON object"
        case .memberRepeated: "a member is there twice"
        case .errorInsteadOfToken: "it holds an error"
        case .tokenMissing: "access_token is missing or no string"
        case .tokenEmpty: "access_token is empty"
        case .tokenTooLong: "access_token is longer than \(TokenLimits.tokenBytes) bytes"
        case .tokenByteNotAllowed: "access_token holds bytes a bearer token cannot have"
        case .tokenTypeMissing: "token_type is missing or no string"
        case .tokenTypeNotBearer: "token_type is not Bearer"
        case .lifetimeNotPositive: "the token has already expired"
        case .expiredOnArrival: "the token expired before its answer arrived"
        }
    }
}
