import Credentials
import Secrets
import Transport
import Upstream

/// Keeps every credential in tokens, on one event loop: those of OAuth clients by fetching them, those that are
/// given as they are by watching their end. Tells every loop.
///
/// It outlives configurations. A credential that the next one has, too, keeps its machine and its token; one that is
/// gone is let go when no loop has an exchange left that may ask for it.
final class TokenKeeper {
    private var clients: [Int: KeptClient] = [:]
    private var fixed: [Int: FixedToken] = [:]
    /// Of those that are gone: how many loops may still ask.
    private var leaving: [Int: Int] = [:]
    /// Those of the configuration in force, in the order of the book.
    private var order: [Int] = []
    private(set) var keeping: TokenKeeping
    private let loops: Int
    private let makePool: (Endpoint, ProxySettings) -> PoolLease

    /// None where tokens are not kept on disk.
    var kept: KeptTokens? { keeping.kept }

    /// - Parameters:
    ///   - loops: how many loops will each say when they have let a credential go.
    ///   - makePool: connections to an authorization server.
    init(keeping: TokenKeeping, loops: Int, makePool: @escaping (Endpoint, ProxySettings) -> PoolLease) {
        self.keeping = keeping
        self.loops = loops
        self.makePool = makePool
    }

    /// Takes on the credentials of a configuration, those it knows as they are.
    ///
    /// - Parameter isEarly: whether first tokens are had before anybody asks.
    func adopt(_ generation: Generation, _ keeping: TokenKeeping, isEarly: Bool) {
        self.keeping = keeping
        order = generation.credentials
        for number in order { leaving[number] = nil }
        let settings = generation.settings
        let named = zip(generation.credentials, zip(settings.book.entries, settings.credentials))
        for (number, (entry, credential)) in named {
            switch credential {
            case .fixed(let token): adopt(token, number, entry.name)
            case .client(_, let client, let secret, let endpoint):
                let lease = pool(endpoint, settings)
                if let known = clients[number] {
                    known.adopt(name: entry.name, secret: secret, lease: lease, keeping: keeping)
                } else {
                    let new = KeptClient(
                        name: entry.name, client: client, secret: secret, lease: lease, number: number,
                        keeping: keeping)
                    clients[number] = new
                    if isEarly { _ = new.wanted() }
                }
            }
        }
        for number in Array(clients.keys) + Array(fixed.keys) where !order.contains(number) {
            if leaving[number] == nil { leaving[number] = loops }
        }
    }

    private func adopt(_ token: StaticToken, _ number: Int, _ name: String) {
        if let known = fixed[number] { return known.adopt(name: name, keeping: keeping) }
        let new = FixedToken(name: name, token: token, number: number, keeping: keeping)
        fixed[number] = new
        new.start()
    }

    /// The connections another client has to that server, or new ones.
    private func pool(_ endpoint: Endpoint, _ settings: ProxySettings) -> PoolLease {
        clients.values.lazy.map(\.lease).first {
            $0.fits(endpoint, settings.poolLimits, settings.upstreamTimeouts)
        } ?? makePool(endpoint, settings)
    }

    /// nil: wait, the news will come.
    func answer(_ question: TokenQuestion) -> TokenNews? {
        switch question {
        case .wanted(let number): return clients[number]?.wanted() ?? nil
        case .refused(let number, let generation):
            guard let client = clients[number] else { return .unchanged(credential: number) }
            return client.refused(generation: generation)
        case .released(let number):
            released(number)
            return nil
        }
    }

    private func released(_ number: Int) {
        guard let left = leaving[number] else { return }
        guard left <= 1 else { return leaving[number] = left - 1 }
        leaving[number] = nil
        clients.removeValue(forKey: number)?.stop()
        fixed.removeValue(forKey: number)?.stop()
    }

    /// Calls back once, with a token or the reason why there is none; with nil where there is no such credential.
    func obtain(_ number: Int, _ done: @escaping (Result<IssuedToken, TokenFailure>?) -> Void) {
        if let token = fixed[number] { return done(.success(token.issued)) }
        guard let client = clients[number] else { return done(nil) }
        client.obtain { done($0) }
    }

    func replace(_ number: Int, by replacement: CredentialReplacement) {
        switch replacement {
        case .clientSecret(let secret): clients[number]?.replaceSecret(by: secret)
        case .token(let token): fixed[number]?.replace(by: token)
        }
    }

    /// What may be known of each credential, in the order of the book.
    func statuses() -> [CredentialStatus] { order.compactMap { clients[$0]?.status ?? fixed[$0]?.status } }

    func stop() {
        for client in clients.values { client.stop() }
        for token in fixed.values { token.stop() }
    }
}
