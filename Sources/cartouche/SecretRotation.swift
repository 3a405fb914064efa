import Configuration
import Credentials
import Logging
import Proxy
import Secrets

/// Takes secrets that were found changed at their source to where they are used, and says what cannot be.
struct SecretRotation {
    let settings: Settings
    let server: ProxyServer
    /// Of the settings: once others are in force, nothing is to be done.
    let generation: UInt64
    let logger: Logger

    /// Ends with the watcher.
    func follow(_ watcher: SecretWatcher) async {
        for await finding in watcher.findings {
            switch finding {
            case .replaced(let index, let secret): await replace(index, by: secret)
            case .refused(let index, let refusal): refuse(index, refusal.message, refusal.suggestion)
            }
        }
    }

    private func replace(_ index: Int, by secret: Secret) async {
        guard settings.credentials.indices.contains(index) else { return }
        let credential = settings.credentials[index]
        switch credential.kind {
        case .oauthClient: 
            await server.replace(credential: index, of: generation, by: .clientSecret(secret))
        case .apiAccessToken, .staticOAuth:
            do throws(StaticTokenError) {
                let token = try StaticToken(secret, kind: credential.kind)
                await server.replace(credential: index, of: generation, by: .token(token))
            } catch {
                refuse(index, "it holds no token that can be sent", nil)
            }
        }
    }

    private func refuse(_ index: Int, _ message: String, _ suggestion: String?) {
        guard settings.credentials.indices.contains(index) else { return }
        let credential = settings.credentials[index]
        logger.error(
            "the secret was not replaced, the old one stays in use: \(message)",
            metadata: [
                "credential": "\(credential.name)", "source": "\(credential.secret.source)",
                "hint": "\(suggestion ?? "put a good one in its place")",
            ])
    }
}
