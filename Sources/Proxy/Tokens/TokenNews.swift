import Credentials
import Secrets

/// What event loops ask the keeper of the tokens. Credentials are known by ``Generation/credentials``.
enum TokenQuestion: Sendable {
    /// A request wants a token, or a token is due to be renewed.
    case wanted(credential: Int)
    /// The API answered 401 to the token of that generation.
    case refused(credential: Int, generation: UInt64)
    /// Nothing on this loop uses the credential any more.
    case released(credential: Int)
}

/// What the keeper tells event loops.
enum TokenNews: Sendable {
    case issued(credential: Int, IssuedToken)
    /// Nobody who waits will get one now.
    case failed(credential: Int, TokenFailure)
    /// After a 401: nothing better than the refused token can be had now.
    case unchanged(credential: Int)
    /// The secrets of that credential, beside its tokens, that no answer may hold from now on.
    case guarded(credential: Int, [Secret])
}
