import Credentials
import Secrets

/// One credential: an entry of the ``CredentialBook`` with what it is made of.
package struct CredentialSettings: Sendable {
    package enum Substance: Sendable {
        /// Tokens are fetched.
        case oauthClient(OAuthClient, secret: LoadedSecret)
        case apiAccessToken(LoadedSecret)
        /// An OAuth access token had elsewhere.
        case oauthAccessToken(LoadedSecret)
    }

    /// The names of the credentials made of the keys at the top of the file.
    package static let reservedNames = ["oauth_client", "api_access_token", "oauth_access_token"]

    package let name: String
    package private(set) var substance: Substance

    package var kind: CredentialKind {
        switch substance {
        case .oauthClient: .oauthClient
        case .apiAccessToken: .apiAccessToken
        case .oauthAccessToken: .staticOAuth
        }
    }

    /// What answers are to be guarded against and files to be watched for.
    package var secret: LoadedSecret {
        switch substance {
        case .oauthClient(_, let secret), .apiAccessToken(let secret), .oauthAccessToken(let secret): secret
        }
    }

    package init(name: String, substance: Substance) {
        self.name = name
        self.substance = substance
    }

    /// Takes note of what was found in the secret's place.
    mutating func replaceSecret(by new: Secret) {
        let loaded = LoadedSecret(secret: new, source: secret.source, content: secret.content)
        switch substance {
        case .oauthClient(let client, _): substance = .oauthClient(client, secret: loaded)
        case .apiAccessToken: substance = .apiAccessToken(loaded)
        case .oauthAccessToken: substance = .oauthAccessToken(loaded)
        }
    }
}

/// A secret that was had, and where it can be had again.
package struct LoadedSecret: Sendable {
    package let secret: Secret
    package let source: SecretSource
    /// How what is had again is to be checked.
    package let content: SecretContent
}
