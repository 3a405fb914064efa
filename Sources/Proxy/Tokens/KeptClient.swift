import Credentials
import Logging
import Secrets
import TokenStore
import Transport
import Upstream

/// One OAuth client that is kept in tokens: does what its machine says, and tells it what came of it.
final class KeptClient: EventHandler {
    private(set) var name: String
    /// See ``Generation/credentials``.
    private let number: Int
    private let client: OAuthClient
    private let key: TokenCacheKey
    /// The connections token requests go through.
    private(set) var lease: PoolLease
    private var keeping: TokenKeeping
    private var secrets: ClientSecrets
    private var machine: TokenMachine
    private var flight: TokenFlight?
    /// Of the token had last.
    private var origin = TokenFlight.Origin.server
    private var timer: Registration?
    private var random = SystemRandomNumberGenerator()
    private var watchers: [(Result<IssuedToken, TokenFailure>) -> Void] = []
    /// What is wrong with the store is said when it begins, not every time.
    private var storeProblem: TokenStoreError?

    init(name: String, client: OAuthClient, secret: Secret, lease: PoolLease, number: Int, keeping: TokenKeeping) {
        self.name = name
        self.client = client
        self.lease = lease
        self.number = number
        self.keeping = keeping
        key = TokenCacheKey(of: client)
        secrets = ClientSecrets(secret)
        machine = TokenMachine(limits: keeping.limits)
    }

    var status: CredentialStatus {
        CredentialStatus(name: name, kind: .oauthClient, standing: .fetched(machine.status(at: keeping.now)))
    }

    // MARK: Questions; nil says that news will come.

    func wanted() -> TokenNews? {
        let decision = machine.tokenWanted(at: keeping.now)
        let news: TokenNews? =
            switch decision.answer {
            case .use: machine.issued.map { .issued(credential: number, $0) }
            case .wait: nil
            case .fail(let failure): .failed(credential: number, failure)
            }
        execute(decision.effects)
        return news
    }

    func refused(generation: UInt64) -> TokenNews? {
        keeping.logger.notice("the API refused a token", metadata: ["credential": "\(name)"])
        let decision = machine.unauthorizedReceived(generation: generation, at: keeping.now)
        let news: TokenNews? =
            switch decision.answer {
            case .useNewer: machine.issued.map { .issued(credential: number, $0) }
            case .wait: nil
            case .passOn: .unchanged(credential: number)
            }
        execute(decision.effects)
        return news
    }

    /// Calls back once, with a token or the reason why there is none.
    func obtain(_ done: @escaping (Result<IssuedToken, TokenFailure>) -> Void) {
        switch wanted() {
        case .issued(_, let token)?: done(.success(token))
        case .failed(_, let failure)?: done(.failure(failure))
        case .unchanged?, .guarded?, nil: watchers.append(done)
        }
    }

    /// A new configuration has this client, too: what it says otherwise holds from the next token request on.
    func adopt(name: String, secret: Secret, lease: PoolLease, keeping: TokenKeeping) {
        self.name = name
        self.lease = lease
        self.keeping = keeping
        if !secrets.latest.matches(secret) { replaceSecret(by: secret) }
    }

    /// The secret at its source has changed.
    func replaceSecret(by secret: Secret) {
        keeping.logger.notice(
            "a new client secret is tried; the old one and its token stay in use until it has brought a token",
            metadata: ["credential": "\(name)"])
        secrets.announce(secret)
        // Before it is sent anywhere.
        keeping.broadcast(.guarded(credential: number, secrets.all))
        execute(machine.secretReplaced(at: keeping.now))
    }

    func stop() {
        flight?.cancel()
        flight = nil
        if let timer { keeping.loop.forget(timer) }
        timer = nil
        settle(.failure(TokenFailure(cause: FetchFailure(.unavailable(.interrupted)), retryAfterSeconds: nil)))
    }

    // MARK: Effects

    private func execute(_ effects: [TokenEffect]) {
        for effect in effects {
            switch effect {
            case .startFetch(let flight, let choice): start(flight, with: secrets.chosen(choice))
            case .abandonFetch:
                flight?.cancel()
                flight = nil
            case .setTimer(let boot):
                let timer = timer ?? keeping.loop.registerTimer(self)
                self.timer = timer
                keeping.loop.setDeadline(timer, at: boot.count)
            case .publish(let generation): publish(generation)
            case .failWaiters(let failure):
                keeping.broadcast(.failed(credential: number, failure))
                settle(.failure(failure))
            case .adoptSecret:
                secrets.adopt()
                keeping.broadcast(.guarded(credential: number, secrets.all))
                keeping.logger.notice("the new client secret works", metadata: ["credential": "\(name)"])
            case .retainSecret(let failure):
                keeping.logger.error(
                    "the new client secret was rejected; the old one stays in use: \(failure)",
                    metadata: ["credential": "\(name)"])
            }
        }
    }

    private func start(_ flight: Flight, with secret: Secret) {
        let order = TokenFlight.Order(
            client: client, key: key, secret: secret, present: machine.issued, lease: lease, limits: keeping.limits)
        self.flight = TokenFlight(order, kept: keeping.kept, loop: keeping.loop) { [weak self] event in
            self?.reported(event, of: flight)
        }
    }

    private func reported(_ event: TokenFlight.Event, of attempt: Flight) {
        let now = keeping.now
        switch event {
        case .found(let grant):
            origin = .disk
            execute(machine.tokenRestored(grant, at: now, random: &random))
        case .obtained(let grant, let origin):
            flight = nil
            self.origin = origin
            execute(machine.fetchSucceeded(attempt, grant: grant, at: now, random: &random))
        case .failed(let failure):
            flight = nil
            keeping.logger.warning(
                "no token: \(failure)", metadata: ["credential": "\(name)", "host": "\(client.endpoint.host)"])
            execute(machine.fetchFailed(attempt, failure: failure, at: now, random: &random))
        case .storeFailed(let error): noteStore(error)
        }
    }

    private func publish(_ generation: UInt64) {
        guard let token = machine.issued, token.generation == generation else { return }
        let seconds = token.validity.remaining(at: keeping.now)?.wholeSeconds
        keeping.logger.info(
            "token obtained",
            metadata: [
                "credential": "\(name)", "from": "\(origin.rawValue)", "generation": "\(generation)",
                "lifetime_s": "\(seconds.map(String.init) ?? "unlimited")",
            ])
        keeping.broadcast(.issued(credential: number, token))
        settle(.success(token))
    }

    private func settle(_ result: Result<IssuedToken, TokenFailure>) {
        var watchers: [(Result<IssuedToken, TokenFailure>) -> Void] = []
        swap(&watchers, &self.watchers)
        for watcher in watchers { watcher(result) }
    }

    private func noteStore(_ error: TokenStoreError) {
        guard error != storeProblem else { return }
        storeProblem = error
        let place = keeping.kept?.store.folder ?? ""
        switch error.weight {
        case .ordinary:
            keeping.logger.debug("no kept token: it \(error.explanation)", metadata: ["credential": "\(name)"])
        case .suspicious:
            keeping.logger.warning(
                "the token cache is not used: \(place) or a file in it \(error.explanation)",
                metadata: ["credential": "\(name)"])
        }
    }

    // MARK: Time

    func becameReady(_ readiness: Readiness) {}

    func deadlinePassed() { execute(machine.timerFired(at: keeping.now, random: &random)) }
}
