import Credentials
import Secrets
import OwnFiles
import TokenStore
import Transport
import Upstream

/// One attempt to have a token: from disk, where another process or an earlier run may have left one that is good
/// for a while, or else from the authorization server. Of all processes that share the disk one asks the server;
/// the others wait a moment for what it brings.
final class TokenFlight: EventHandler {
    struct Order {
        let client: OAuthClient
        let key: TokenCacheKey
        let secret: Secret
        /// The token in use, which is not what is looked for.
        let present: IssuedToken?
        /// Held to the end of the attempt.
        let lease: PoolLease
        let limits: TokenLimits
    }

    enum Event {
        /// A token that will do until the attempt has ended.
        case found(TokenGrant)
        /// The end of it.
        case obtained(TokenGrant, Origin)
        /// The end of it.
        case failed(FetchFailure)
        /// The store is of no use now. The attempt goes on without.
        case storeFailed(TokenStoreError)
    }

    enum Origin: String {
        case server
        case disk
    }

    private struct Look: Sendable {
        let lock: FileLock.Attempt
        let grant: Result<TokenGrant, TokenStoreError>
    }

    private let order: Order
    private let loop: EventLoop
    private let kept: KeptTokens?
    private var report: ((Event) -> Void)?
    private var fetch: TokenFetch?
    private var timer: Registration?
    private var lock: FileLock?
    private var hasFound = false
    /// Whether the disk has been asked and has not answered.
    private var isLooking = false
    private let patienceEnds: Int64

    /// - Parameter report: not called from within this initialiser, nor after the end or ``cancel()``.
    init(_ order: Order, kept: KeptTokens?, loop: EventLoop, report: @escaping (Event) -> Void) {
        self.order = order
        self.kept = kept
        self.loop = loop
        self.report = report
        patienceEnds = loop.deadline(in: KeptTokens.patience)
        if let kept { look(kept) } else { startFetch() }
    }

    func cancel() {
        report = nil
        letGo()
    }

    // MARK: The disk

    private func look(_ kept: KeptTokens) {
        isLooking = true
        wake(in: KeptTokens.diskPatience)
        let (store, key, secret, limits) = (kept.store, order.key, order.secret, order.limits)
        loop.perform(on: kept.pool) {
            // The lock before the token: who had it may just have left one.
            let lock = store.lock(key)
            let now = Instant(boot: Nanoseconds(Clock.bootNanoseconds()), wall: Nanoseconds(Clock.wallNanoseconds()))
            do throws(TokenStoreError) {
                return Look(
                    lock: lock, grant: .success(try store.token(for: key, secret: secret, at: now, limits: limits)))
            } catch {
                return Look(lock: lock, grant: .failure(error))
            }
        } done: { [weak self] look in
            self?.looked(look, kept)
        }
    }

    private func looked(_ look: Look?, _ kept: KeptTokens) {
        // Later than it was waited for, perhaps.
        guard report != nil, isLooking else { return }
        isLooking = false
        guard let look else { return startFetch() }
        switch look.grant {
        case .success(let grant):
            if let present = order.present, present.secret.matches(grant.token) { break }
            let now = Instant(boot: Nanoseconds(Clock.bootNanoseconds()), wall: Nanoseconds(Clock.wallNanoseconds()))
            if grant.isFarFromItsEnd(at: now, limits: order.limits) { return end(.obtained(grant, .disk)) }
            if !hasFound {
                hasFound = true
                report?(.found(grant))
            }
        case .failure(let error): report?(.storeFailed(error))
        }
        guard report != nil else { return }
        switch look.lock {
        case .held(let lock):
            self.lock = lock
            startFetch()
        case .busy:
            guard loop.now < patienceEnds else { return startFetch() }
            wake(in: KeptTokens.pause)
        case .unavailable(let error):
            report?(.storeFailed(.file(error)))
            startFetch()
        }
    }

    private func wake(in span: Int64) {
        let timer = timer ?? loop.registerTimer(self)
        self.timer = timer
        loop.setDeadline(timer, at: loop.deadline(in: span))
    }

    func becameReady(_ readiness: Readiness) {}

    func deadlinePassed() {
        guard report != nil, fetch == nil, let kept else { return }
        guard isLooking else { return look(kept) }
        isLooking = false
        report?(.storeFailed(.slow))
        startFetch()
    }

    /// Leaves the token for other processes and for the next run. The lock is held until it is there. Who has none,
    /// because another process was given up on, writes only if that one has ended by now.
    private func keep(_ grant: TokenGrant) {
        guard let kept else { return }
        let (store, key, secret, held) = (kept.store, order.key, order.secret, lock)
        lock = nil
        let report = report
        loop.perform(on: kept.pool) { () -> TokenStoreError? in
            do throws(TokenStoreError) {
                if let held {
                    try store.keep(grant, for: key, secret: secret, holding: held)
                } else if case .held(let lock) = store.lock(key) {
                    try store.keep(grant, for: key, secret: secret, holding: lock)
                }
                return nil
            } catch {
                return error
            }
        } done: { error in
            if let error = error ?? nil { report?(.storeFailed(error)) }
        }
    }

    // MARK: The server

    private func startFetch() {
        guard report != nil else { return }
        let request = TokenRequest(client: order.client, secret: order.secret)
        var secrets = [order.secret]
        if let present = order.present { secrets.append(present.secret) }
        fetch = TokenFetch(
            request, secrets: secrets, pool: order.lease.pool, loop: loop, limits: order.limits
        ) { [unowned self] result in
            fetch = nil
            switch result {
            case .success(let grant):
                keep(grant)
                end(.obtained(grant, .server))
            case .failure(let failure): end(.failed(failure))
            }
        }
    }

    // MARK: Ending

    private func end(_ event: Event) {
        let report = self.report
        self.report = nil
        letGo()
        report?(event)
    }

    private func letGo() {
        fetch?.cancel()
        fetch = nil
        lock = nil
        if let timer { loop.forget(timer) }
        timer = nil
    }
}
