import Secrets

/// One credential: what it is made of, and by what name it is known.
package struct CredentialSettings: Sendable {
    /// Of the credential that is used where no rule names another.
    package static let defaultName = "default"

    package let name: String
    package let client: ClientSettings?
    package let apiAccessToken: LoadedSecret?
    package let oauthAccessToken: LoadedSecret?
    package let preference: TokenPreference

    /// Whether it can provide any token at all.
    package var isEmpty: Bool { client == nil && apiAccessToken == nil && oauthAccessToken == nil }

    /// All secrets in it, for those who guard answers against them.
    package var secrets: [LoadedSecret] { [client?.secret, apiAccessToken, oauthAccessToken].compactMap(\.self) }
}

/// An OAuth client and the endpoint that knows it.
package struct ClientSettings: Sendable {
    package let tokenURL: BaseURL
    package let id: String
    package let secret: LoadedSecret
    package let audience: String
    package let scope: String?
    package let authentication: TokenAuthentication
}

/// A secret that was had, and where it can be had again.
package struct LoadedSecret: Sendable {
    package let secret: Secret
    package let source: SecretSource
}
