/// Where a credential's tokens come from.
package enum CredentialKind: Hashable, Sendable {
    /// A static token that grants named things only.
    case apiAccessToken
    /// A client whose tokens are fetched; see ``TokenMachine``.
    case oauthClient
    /// An OAuth access token had elsewhere; it works until it ends.
    case staticOAuth

    var isOAuth: Bool {
        switch self {
        case .apiAccessToken: false
        case .oauthClient, .staticOAuth: true
        }
    }
}

/// What a route asks for.
package enum TokenDemand: Equatable, Sendable {
    /// An API Access Token or an OAuth access token.
    case any
    /// An OAuth access token only.
    case oauth
    /// No token: the route is public.
    case none
}
