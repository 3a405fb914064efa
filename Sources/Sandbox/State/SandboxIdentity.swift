import Secrets

/// The credentials the sandbox knows from its start.
package struct SandboxIdentity: Sendable {
    package let clientID: String
    package let clientSecret: Secret
    package let apiAccessToken: Secret

    package init(clientID: String, clientSecret: Secret, apiAccessToken: Secret) {
        self.clientID = clientID
        self.clientSecret = clientSecret
        self.apiAccessToken = apiAccessToken
    }

    /// Credentials nobody has seen before, of the shapes CARTO gives out.
    package static func random() -> SandboxIdentity {
        SandboxIdentity(
            clientID: Randomness.identifier(32), clientSecret: Secret(Randomness.identifier(64)),
            apiAccessToken: Secret(TokenShape.apiAccessToken()))
    }
}
