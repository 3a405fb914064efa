import Credentials
import Rewriting
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

    private var entries: [Int: TokenEntry] = [:]
    private let loop: EventLoop
    /// Told every secret an answer must not hold, whenever they change.
    private let secrets: SecretGuard
    /// Further secrets no answer must hold, with how many regimes have them.
    private var others: [(secrets: [Secret], owner: EgressProxy, holders: Int)] = []
    /// Asks the keeper; gives its answer where it is on this loop and knows at once.
    var ask: (TokenQuestion) -> TokenNews? = { _ in nil }

    init(loop: EventLoop, secrets: SecretGuard) {
        self.loop = loop
        self.secrets = secrets
    }

    // MARK: Entries

    /// The entry of that credential, for one more regime to use.
    func hold(_ number: Int, _ credential: ProxySettings.Credential) -> TokenEntry {
        let entry = entries[number] ?? TokenEntry(number: number, kind: credential.kind)
        entry.holders += 1
        if entry.holders == 1 {
            entries[number] = entry
            switch credential {
            case .fixed(let token): receive(.issued(credential: number, token.issued()))
            case .client(_, _, let secret, _): receive(.guarded(credential: number, [secret]))
            }
        }
        return entry
    }

    /// A regime has ended. With the last one that used it the credential goes.
    func release(_ entry: TokenEntry) {
        entry.holders -= 1
        guard entry.holders == 0 else { return }
        entries[entry.number] = nil
        announceSecrets()
        _ = ask(.released(credential: entry.number))
    }

    /// Requests that wait for a token.
    var waitingCount: Int { entries.values.reduce(0) { $0 + $1.waiters.count } }

    private var now: Instant {
        Instant(boot: Nanoseconds(loop.now), wall: Nanoseconds(Clock.wallNanoseconds()))
    }

    // MARK: What is guarded beside

    /// The egress proxy's credentials, for one more regime.
    func hold(_ proxy: EgressProxy) {
        if let place = others.firstIndex(where: { $0.owner === proxy }) {
            others[place].holders += 1
        } else {
            others.append((proxy.secrets, proxy, 1))
            announceSecrets()
        }
    }

    func release(_ proxy: EgressProxy) {
        guard let place = others.firstIndex(where: { $0.owner === proxy }) else { return }
        others[place].holders -= 1
        guard others[place].holders == 0 else { return }
        others.remove(at: place)
        announceSecrets()
    }

    // MARK: Requests

    /// The credential for a request, or what stands in the way. `waiter` is called where the answer is to wait.
    ///
    /// - Parameter entry: of the credential chosen; nil: the route is public.
    func credential(of entry: TokenEntry?, waiter: Exchange) -> Answer {
        guard let entry else { return .publicRoute }
        if let answer = usable(entry) { return answer }
        switch entry.kind {
        case .apiAccessToken, .staticOAuth: return .refused(.of(.credential(.tokenExpired)))
        case .oauthClient: break
        }
        if let news = ask(.wanted(credential: entry.number)) {
            receive(news)
            if case .failed(_, let failure) = news { return .refused(.of(.token(failure))) }
            if let answer = usable(entry) { return answer }
        }
        entry.waiters.append(waiter)
        return .wait
    }

    /// The token at hand, if its time has not come; asked at every use, for the machine may have slept.
    private func usable(_ entry: TokenEntry) -> Answer? {
        guard let token = entry.token, let bearer = entry.bearer else { return nil }
        let now = now
        guard token.isUsable(at: now) else { return nil }
        switch entry.kind {
        case .apiAccessToken: return .bearer(bearer, generation: nil, kind: "api")
        case .staticOAuth: return .bearer(bearer, generation: nil, kind: "oauth")
        case .oauthClient: break
        }
        if token.isDue(at: now), entry.askedFor < token.generation {
            entry.askedFor = token.generation
            _ = ask(.wanted(credential: entry.number))
        }
        return .bearer(bearer, generation: token.generation, kind: "oauth")
    }

    /// Whether a request that was given its credential a while ago may still be sent with it.
    ///
    /// - Parameter generation: of the token it was given; nil where tokens are not renewed here.
    func mayStillBeSent(_ generation: UInt64?, of entry: TokenEntry?) -> Bool {
        guard let entry else { return true }
        guard let token = entry.token, generation == nil || generation == token.generation else { return false }
        return token.isUsable(at: now)
    }

    /// The API has refused a token of ours.
    func refused(_ generation: UInt64, of entry: TokenEntry?, waiter: Exchange) -> Renewal {
        guard let entry else { return .passOn }
        if let token = entry.token, token.generation > generation { return .renewed }
        switch ask(.refused(credential: entry.number, generation: generation)) {
        case .issued(_, let token)?:
            receive(.issued(credential: entry.number, token))
            return .renewed
        case .failed?, .unchanged?, .guarded?: return .passOn
        case nil:
            entry.waiters.append(waiter)
            return .wait
        }
    }

    /// The same, to a request that cannot be sent again: those that follow shall have a new one.
    func noteRefusal(_ generation: UInt64, of entry: TokenEntry?) {
        guard let entry, entry.token?.generation ?? 0 <= generation else { return }
        if let news = ask(.refused(credential: entry.number, generation: generation)), case .issued = news {
            receive(news)
        }
    }

    func withdraw(_ waiter: Exchange, of entry: TokenEntry?) {
        entry?.waiters.removeAll { $0 === waiter }
    }

    // MARK: News

    /// News from the keeper. Who waited for it goes on. What is said of a credential that has gone is past.
    func receive(_ news: TokenNews) {
        switch news {
        case .issued(let number, let token):
            guard let entry = entries[number], token.generation > entry.token?.generation ?? 0,
                let bearer = BearerCredential(token: token.secret)
            else { return }
            entry.formerToken = entry.token
            entry.token = token
            entry.bearer = bearer
            announceSecrets()
            settle(entry, nil)
        case .failed(let number, let failure): settle(entries[number], .of(.token(failure)))
        case .unchanged(let number): settle(entries[number], .of(.tokenWaitTimedOut))
        case .guarded(let number, let secrets):
            entries[number]?.secrets = secrets
            announceSecrets()
        }
    }

    private func announceSecrets() {
        var all = others.flatMap(\.secrets)
        for entry in entries.values.sorted(by: { $0.number < $1.number }) {
            all += entry.secrets
            for token in [entry.token, entry.formerToken] {
                guard let secret = token?.secret, !all.contains(where: { $0 === secret }) else { continue }
                all.append(secret)
            }
        }
        secrets.guardAgainst(GuardPatterns(all))
    }

    private func settle(_ entry: TokenEntry?, _ failure: Failure?) {
        guard let entry else { return }
        var waiters: [Exchange] = []
        swap(&waiters, &entry.waiters)
        for waiter in waiters { waiter.tokenSettled(failure) }
    }
}

extension ProxySettings.Credential {
    var kind: CredentialKind {
        switch self {
        case .fixed(let token): token.kind
        case .client: .oauthClient
        }
    }
}
