import Credentials
import Secrets

/// What was found in the place of a credential's secret while the program runs.
package enum CredentialReplacement: Sendable {
    /// For an OAuth client. The old one is used until the new one has brought a token.
    case clientSecret(Secret)
    /// For a token that is used as it is.
    case token(StaticToken)
}
