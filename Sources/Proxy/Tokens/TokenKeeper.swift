import Credentials
import Secrets
import Transport
import Upstream

/// Keeps every credential in tokens, on one event loop: those of OAuth clients by fetching them, those that are
/// given as they are by watching their end. Tells every loop.
final class TokenKeeper {
    private var clients: [Int: KeptClient] = [:]
    private var fixed: [Int: FixedToken] = [:]
    /// None where tokens are not kept on disk.
    let kept: KeptTokens?

    /// - Parameters:
    ///   - credentials: in the order of the book's entries, by whose indices everybody knows them.
    ///   - pool: connections to an authorization server.
    init(
        _ credentials: [(name: String, credential: ProxySettings.Credential)], keeping: TokenKeeping,
        pool: (Endpoint) -> UpstreamPool
    ) {
        kept = keeping.kept
        for (index, (name, credential)) in credentials.enumerated() {
            switch credential {
            case .fixed(let token):
                fixed[index] = FixedToken(name: name, token: token, index: index, keeping: keeping)
            case .client(let name, let client, let secret, let endpoint):
                clients[index] = KeptClient(
                    name: name, client: client, secret: secret, pool: pool(endpoint), index: index, keeping: keeping)
            }
        }
    }

    /// Looks after the tokens there are.
    ///
    /// - Parameter isEarly: whether the first tokens are had before anybody asks.
    func start(isEarly: Bool) {
        for token in fixed.values { token.start() }
        if isEarly { for client in clients.values { _ = client.wanted() } }
    }

    /// nil: wait, the news will come.
    func answer(_ question: TokenQuestion) -> TokenNews? {
        switch question {
        case .wanted(let index): clients[index]?.wanted()
        case .refused(let index, let generation):
            if let client = clients[index] { client.refused(generation: generation) } else { .unchanged(credential: index) }
        }
    }

    /// Calls back once, with a token or the reason why there is none; with nil where there is no such credential.
    func obtain(_ index: Int, _ done: @escaping (Result<IssuedToken, TokenFailure>?) -> Void) {
        if let token = fixed[index] { return done(.success(token.issued)) }
        guard let client = clients[index] else { return done(nil) }
        client.obtain { done($0) }
    }

    func replace(_ index: Int, by replacement: CredentialReplacement) {
        switch replacement {
        case .clientSecret(let secret): clients[index]?.replaceSecret(by: secret)
        case .token(let token): fixed[index]?.replace(by: token)
        }
    }

    /// What may be known of each OAuth client's token.
    func statuses() -> [(name: String, status: TokenStatus)] {
        clients.sorted { $0.key < $1.key }.map { ($0.value.name, $0.value.status) }
    }

    func stop() {
        for client in clients.values { client.stop() }
        for token in fixed.values { token.stop() }
    }
}
