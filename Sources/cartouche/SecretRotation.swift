import Configuration
import Credentials
import Logging
import Proxy
import Secrets

/// Takes secrets that were found changed at their source to where they are used, and says what cannot be.
struct SecretRotation {
    /// What is said of a credential; its secret is none of it.
    private struct Label {
        let name: String
        let kind: CredentialKind
        let source: SecretSource
    }

    private let labels: [Label]
    private let server: ProxyServer
    /// Of the settings: once others are in force, nothing is to be done.
    let generation: UInt64
    private let logger: Logger

    init(_ credentials: [CredentialSettings], server: ProxyServer, generation: UInt64, logger: Logger) {
        labels = credentials.map { Label(name: $0.name, kind: $0.kind, source: $0.secret.source) }
        self.server = server
        self.generation = generation
        self.logger = logger
    }

    /// Ends with the watcher.
    ///
    /// - Parameter note: told each secret that has come into use, by the index of its credential.
    func follow(_ watcher: SecretWatcher, note: @Sendable (Int, Secret) async -> Void) async {
        for await finding in watcher.findings {
            switch finding {
            case .replaced(let index, let secret):
                if await replace(index, by: secret) { await note(index, secret) }
            case .refused(let index, let refusal): refuse(index, refusal.message, refusal.suggestion)
            }
        }
    }

    private func replace(_ index: Int, by secret: Secret) async -> Bool {
        guard labels.indices.contains(index) else { return false }
        let replacement: CredentialReplacement
        switch labels[index].kind {
        case .oauthClient: replacement = .clientSecret(secret)
        case .apiAccessToken, .staticOAuth:
            do throws(StaticTokenError) {
                replacement = .token(try StaticToken(secret, kind: labels[index].kind))
            } catch {
                refuse(index, "it holds no token that can be sent", nil)
                return false
            }
        }
        await server.replace(credential: index, of: generation, by: replacement)
        return true
    }

    private func refuse(_ index: Int, _ message: String, _ suggestion: String?) {
        guard labels.indices.contains(index) else { return }
        let label = labels[index]
        logger.error(
            "the secret was not replaced, the old one stays in use: \(message)",
            metadata: [
                "credential": "\(label.name)", "source": "\(label.source)",
                "hint": "\(suggestion ?? "put a good one in its place")",
            ])
    }
}
