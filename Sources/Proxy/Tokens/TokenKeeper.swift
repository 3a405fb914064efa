import Credentials
import Logging
import Secrets
import Transport
import Upstream

/// Runs the machines of all OAuth clients, on one event loop: starts what they say, reports what came of it,
/// and tells every loop.
final class TokenKeeper {
    /// One OAuth client to be kept in tokens.
    struct Client {
        let name: String
        let client: OAuthClient
        let secret: Secret
        /// Where its tokens are requested.
        let pool: UpstreamPool
    }

    private final class Kept: EventHandler {
        let client: Client
        let index: Int
        var machine: TokenMachine
        var fetch: TokenFetch?
        var timer: Registration?
        unowned let keeper: TokenKeeper

        init(_ client: Client, index: Int, limits: TokenLimits, keeper: TokenKeeper) {
            self.client = client
            self.index = index
            machine = TokenMachine(limits: limits)
            self.keeper = keeper
        }

        func becameReady(_ readiness: Readiness) {}
        func deadlinePassed() { keeper.timerFired(self) }
    }

    private let loop: EventLoop
    private let limits: TokenLimits
    private let logger: Logger
    private var kept: [Int: Kept] = [:]
    private var random = SystemRandomNumberGenerator()
    /// Tells every event loop, this one included.
    private let broadcast: (TokenNews) -> Void

    init(
        clients: [Int: Client], loop: EventLoop, limits: TokenLimits, logger: Logger,
        broadcast: @escaping (TokenNews) -> Void
    ) {
        self.loop = loop
        self.limits = limits
        self.logger = logger
        self.broadcast = broadcast
        for (index, client) in clients { kept[index] = Kept(client, index: index, limits: limits, keeper: self) }
    }

    private var now: Instant {
        Instant(boot: Nanoseconds(Clock.bootNanoseconds()), wall: Nanoseconds(Clock.wallNanoseconds()))
    }

    /// Fetches the first tokens before anybody asks.
    func warmUp() {
        for index in kept.keys { _ = answer(.wanted(credential: index)) }
    }

    /// nil: wait, the news will come.
    func answer(_ question: TokenQuestion) -> TokenNews? {
        switch question {
        case .wanted(let index):
            guard let entry = kept[index] else { return nil }
            let decision = entry.machine.tokenWanted(at: now)
            let news = settled(decision.answer, entry)
            execute(decision.effects, entry)
            return news
        case .refused(let index, let generation):
            guard let entry = kept[index] else { return .unchanged(credential: index) }
            let decision = entry.machine.unauthorizedReceived(generation: generation, at: now)
            logger.notice("the API refused a token", metadata: ["credential": "\(entry.client.name)"])
            let news: TokenNews?
            switch decision.answer {
            case .useNewer: news = entry.machine.issued.map { .issued(credential: index, $0) }
            case .wait: news = nil
            case .passOn: news = .unchanged(credential: index)
            }
            execute(decision.effects, entry)
            return news
        }
    }

    private func settled(_ answer: TokenDecision.Answer, _ entry: Kept) -> TokenNews? {
        switch answer {
        case .use: entry.machine.issued.map { .issued(credential: entry.index, $0) }
        case .wait: nil
        case .fail(let failure): .failed(credential: entry.index, failure)
        }
    }

    /// What may be known of each OAuth client's token.
    func statuses() -> [(name: String, status: TokenStatus)] {
        kept.values.sorted { $0.index < $1.index }.map { ($0.client.name, $0.machine.status(at: now)) }
    }

    // MARK: Effects

    private func execute(_ effects: [TokenEffect], _ entry: Kept) {
        for effect in effects {
            switch effect {
            case .startFetch(let flight, _): start(flight, entry)
            case .abandonFetch:
                entry.fetch?.cancel()
                entry.fetch = nil
            case .setTimer(let boot): setTimer(boot, entry)
            case .publish(let generation): publish(generation, entry)
            case .failWaiters(let failure): broadcast(.failed(credential: entry.index, failure))
            case .adoptSecret, .retainSecret: break
            }
        }
    }

    private func start(_ flight: Flight, _ entry: Kept) {
        let request = TokenRequest(client: entry.client.client, secret: entry.client.secret)
        var secrets = [entry.client.secret]
        if let token = entry.machine.issued { secrets.append(token.secret) }
        entry.fetch = TokenFetch(
            request, secrets: secrets, pool: entry.client.pool, loop: loop, limits: limits
        ) { [unowned self, unowned entry] result in
            fetchEnded(result, flight, entry)
        }
    }

    private func fetchEnded(_ result: Result<TokenGrant, FetchFailure>, _ flight: Flight, _ entry: Kept) {
        entry.fetch = nil
        let effects: [TokenEffect]
        switch result {
        case .success(let grant):
            effects = entry.machine.fetchSucceeded(flight, grant: grant, at: now, random: &random)
        case .failure(let failure):
            logger.warning(
                "no token: \(failure)",
                metadata: ["credential": "\(entry.client.name)", "host": "\(entry.client.client.endpoint.host)"])
            effects = entry.machine.fetchFailed(flight, failure: failure, at: now, random: &random)
        }
        execute(effects, entry)
    }

    private func publish(_ generation: UInt64, _ entry: Kept) {
        guard let token = entry.machine.issued, token.generation == generation else { return }
        let seconds = token.validity.remaining(at: now)?.wholeSeconds
        logger.info(
            "token obtained",
            metadata: [
                "credential": "\(entry.client.name)", "generation": "\(generation)",
                "lifetime_s": "\(seconds.map(String.init) ?? "unlimited")",
            ])
        broadcast(.issued(credential: entry.index, token))
    }

    private func setTimer(_ boot: Nanoseconds, _ entry: Kept) {
        let timer = entry.timer ?? loop.registerTimer(entry)
        entry.timer = timer
        loop.setDeadline(timer, at: boot.count)
    }

    private func timerFired(_ entry: Kept) {
        execute(entry.machine.timerFired(at: now, random: &random), entry)
    }

    func stop() {
        for entry in kept.values {
            entry.fetch?.cancel()
            entry.fetch = nil
            if let timer = entry.timer { loop.forget(timer) }
            entry.timer = nil
        }
    }
}
