import Credentials
import Secrets
import Transport
import Upstream

/// One event loop's view of the tokens: what it may use right now, and who waits.
///
/// Reading it takes no lock. The keeper, which lives on one of the loops, sends every loop each new token.
final class TokenDesk {
    enum Answer {
        case bearer(BearerCredential, generation: UInt64?, kind: StaticString)
        case publicRoute
        case wait
        case refused(Failure)
    }

    enum Renewal {
        case renewed
        case wait
        case passOn
    }

    private struct Entry {
        let kind: CredentialKind
        var token: IssuedToken?
        /// The one before: requests under way may still carry it.
        var formerToken: IssuedToken?
        var bearer: BearerCredential?
        /// Secrets beside the tokens: those of the client.
        var secrets: [Secret] = []
        var waiters: [Exchange] = []
        /// The generation whose renewal has been asked for.
        var askedFor: UInt64 = 0
    }

    private var entries: [Entry]
    private unowned let loop: EventLoop
    /// Asks the keeper; gives its answer where it is on this loop and knows at once.
    var ask: (TokenQuestion) -> TokenNews? = { _ in nil }

    /// Called with every secret an answer must not hold, whenever they change.
    var tokensChanged: ([Secret]) -> Void = { _ in }

    init(kinds: [CredentialKind], loop: EventLoop) {
        entries = kinds.map { Entry(kind: $0) }
        self.loop = loop
    }

    private var now: Instant {
        Instant(boot: Nanoseconds(loop.now), wall: Nanoseconds(Clock.wallNanoseconds()))
    }

    /// The credential for a request, or what stands in the way. `waiter` is called where the answer is to wait.
    func credential(for request: RequestFacts, waiter: Exchange) -> Answer {
        guard let index = request.credential else { return .publicRoute }
        if let answer = usable(index) { return answer }
        switch entries[index].kind {
        case .apiAccessToken, .staticOAuth: return .refused(.of(.credential(.tokenExpired)))
        case .oauthClient: break
        }
        if let news = ask(.wanted(credential: index)) {
            receive(news)
            if case .failed(_, let failure) = news { return .refused(.of(.token(failure))) }
            if let answer = usable(index) { return answer }
        }
        entries[index].waiters.append(waiter)
        return .wait
    }

    /// The token at hand, if its time has not come; asked at every use, for the machine may have slept.
    private func usable(_ index: Int) -> Answer? {
        guard let token = entries[index].token, let bearer = entries[index].bearer else { return nil }
        let now = now
        guard token.isUsable(at: now) else { return nil }
        switch entries[index].kind {
        case .apiAccessToken: return .bearer(bearer, generation: nil, kind: "api")
        case .staticOAuth: return .bearer(bearer, generation: nil, kind: "oauth")
        case .oauthClient: break
        }
        if token.isDue(at: now), entries[index].askedFor < token.generation {
            entries[index].askedFor = token.generation
            _ = ask(.wanted(credential: index))
        }
        return .bearer(bearer, generation: token.generation, kind: "oauth")
    }

    /// The API has refused a token of ours.
    func refused(_ generation: UInt64, of request: RequestFacts, waiter: Exchange) -> Renewal {
        guard let index = request.credential else { return .passOn }
        if let token = entries[index].token, token.generation > generation { return .renewed }
        switch ask(.refused(credential: index, generation: generation)) {
        case .issued(_, let token)?:
            receive(.issued(credential: index, token))
            return .renewed
        case .failed?, .unchanged?, .guarded?: return .passOn
        case nil:
            entries[index].waiters.append(waiter)
            return .wait
        }
    }

    /// The same, to a request that cannot be sent again: those that follow shall have a new one.
    func noteRefusal(_ generation: UInt64, of request: RequestFacts) {
        guard let index = request.credential, entries[index].token?.generation ?? 0 <= generation else { return }
        if let news = ask(.refused(credential: index, generation: generation)), case .issued = news { receive(news) }
    }

    func withdraw(_ waiter: Exchange, of request: RequestFacts) {
        guard let index = request.credential else { return }
        entries[index].waiters.removeAll { $0 === waiter }
    }

    /// News from the keeper. Who waited for it goes on.
    func receive(_ news: TokenNews) {
        switch news {
        case .issued(let index, let token):
            guard token.generation > entries[index].token?.generation ?? 0,
                let bearer = BearerCredential(token: token.secret)
            else { return }
            entries[index].formerToken = entries[index].token
            entries[index].token = token
            entries[index].bearer = bearer
            announceSecrets()
            settle(index, nil)
        case .failed(let index, let failure): settle(index, .of(.token(failure)))
        case .unchanged(let index): settle(index, .of(.tokenWaitTimedOut))
        case .guarded(let index, let secrets):
            entries[index].secrets = secrets
            announceSecrets()
        }
    }

    private func announceSecrets() {
        var secrets: [Secret] = []
        for entry in entries {
            secrets += entry.secrets
            for token in [entry.token, entry.formerToken] {
                guard let secret = token?.secret, !secrets.contains(where: { $0 === secret }) else { continue }
                secrets.append(secret)
            }
        }
        tokensChanged(secrets)
    }

    private func settle(_ index: Int, _ failure: Failure?) {
        var waiters: [Exchange] = []
        swap(&waiters, &entries[index].waiters)
        for waiter in waiters { waiter.tokenSettled(failure) }
    }
}
