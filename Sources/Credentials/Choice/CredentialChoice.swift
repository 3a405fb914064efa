/// What a request is to carry.
package enum CredentialChoice: Equatable, Sendable {
    /// Nothing: the route is public.
    case none
    /// The token of that entry of the book.
    case use(Int)
    /// There is none that fits; the request is not forwarded.
    case refused(CredentialRefusal)
}

/// Why no credential fits, as the client is told. Every text is fixed.
package enum CredentialRefusal: Error, Equatable, Sendable {
    case noCredential
    case noOAuthCredential
    /// A rule or the route itself names a credential whose kind the route cannot use.
    case kindUnfit
    /// A static token has reached its end.
    case tokenExpired

    package var status: Int { 502 }

    package var code: String {
        switch self {
        case .noCredential: "credential-missing"
        case .noOAuthCredential: "oauth-credential-missing"
        case .kindUnfit: "credential-kind-unfit"
        case .tokenExpired: "credential-expired"
        }
    }

    package var explanation: String {
        switch self {
        case .noCredential: "no credential is configured for this route"
        case .noOAuthCredential: "this route takes an OAuth access token only, and no OAuth credential is configured"
        case .kindUnfit: "this route takes an OAuth access token only, and the credential chosen for it is none"
        case .tokenExpired: "the configured OAuth access token has expired"
        }
    }

    package var hint: String {
        switch self {
        case .noCredential: "configure api_access_token, or client_id and client_secret"
        case .noOAuthCredential: "configure client_id and client_secret"
        case .kindUnfit: "name an OAuth credential in the rule or route that chooses this one"
        case .tokenExpired: "configure client_id and client_secret, with which tokens are renewed, or a new token"
        }
    }
}
