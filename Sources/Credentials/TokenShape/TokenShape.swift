/// What a token looks like to be, so that one put under the wrong key is named when the program starts and
/// not by a 401 later.
package enum TokenShape: String, Equatable, Sendable {
    /// A JSON Web Token signed with HS256 and naming an account `ac_…`.
    case apiAccessToken = "an API Access Token"
    /// Any other JSON Web Token that tells whom it is for or when it ends.
    case oauth = "an OAuth access token"
    /// Neither can be told.
    case opaque = "a token of unknown kind"

    package init(of token: Span<UInt8>) {
        guard let claims = JSONWebToken.peek(token) else {
            self = .opaque
            return
        }
        if claims.algorithm == .hs256, claims.account != nil {
            self = .apiAccessToken
        } else if claims.expiresAt != nil || !claims.audience.isEmpty || claims.algorithm == .rs256 {
            self = .oauth
        } else {
            self = .opaque
        }
    }

    /// Whether a token of this shape cannot be what is expected under that kind. An opaque one may be anything.
    package func contradicts(_ kind: CredentialKind) -> Bool {
        switch (self, kind) {
        case (.apiAccessToken, .apiAccessToken), (.oauth, .staticOAuth), (.oauth, .oauthClient), (.opaque, _): false
        case (.apiAccessToken, .staticOAuth), (.apiAccessToken, .oauthClient), (.oauth, .apiAccessToken): true
        }
    }
}
