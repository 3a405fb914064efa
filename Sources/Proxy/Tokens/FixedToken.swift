import Credentials
import Logging
import Transport

/// A token that cannot be renewed here: says in time that it will end, and makes way for another one put into its
/// place.
final class FixedToken: EventHandler {
    private(set) var name: String
    /// See ``Generation/credentials``.
    private let number: Int
    private var keeping: TokenKeeping
    private var token: StaticToken
    private var generation: UInt64 = 1
    private var timer: Registration?
    /// On the wall clock, which alone tells when such a token ends.
    private var nextWarning: Nanoseconds?

    /// The wall clock may be set: it is looked at least this often.
    private static let longestSleep = Nanoseconds.seconds(3_600)

    init(name: String, token: StaticToken, number: Int, keeping: TokenKeeping) {
        self.name = name
        self.token = token
        self.number = number
        self.keeping = keeping
    }

    var issued: IssuedToken { token.issued(generation: generation) }

    var status: CredentialStatus {
        CredentialStatus(
            name: name, kind: token.kind, standing: .given(token.standing(at: keeping.now), generation: generation))
    }

    /// Warns if there is a reason to, and plans the next warning.
    func start() {
        report()
        plan()
    }

    /// A new configuration has this token, too.
    func adopt(name: String, keeping: TokenKeeping) {
        self.name = name
        self.keeping = keeping
    }

    func replace(by token: StaticToken) {
        self.token = token
        generation &+= 1
        keeping.logger.notice("a new token takes the place of the old one", metadata: ["credential": "\(name)"])
        keeping.broadcast(.issued(credential: number, issued))
        start()
    }

    func stop() {
        if let timer { keeping.loop.forget(timer) }
        timer = nil
    }

    // MARK: Warnings

    private func report() {
        switch token.standing(at: keeping.now) {
        case .unlimited, .valid: break
        case .expiring(let seconds):
            keeping.logger.warning(
                "a token ends soon and cannot be renewed here: put a new one in its place",
                metadata: ["credential": "\(name)", "remaining_s": "\(seconds)"])
        case .expired:
            keeping.logger.error(
                "a token has expired: requests that need it are refused until a new one is in its place",
                metadata: ["credential": "\(name)"])
        }
    }

    private func plan() {
        let now = keeping.now
        guard let wait = token.untilNextWarning(at: now) else {
            stop()
            return
        }
        nextWarning = now.wall + wait
        sleep(min(wait, Self.longestSleep), from: now)
    }

    private func sleep(_ span: Nanoseconds, from now: Instant) {
        let timer = timer ?? keeping.loop.registerTimer(self)
        self.timer = timer
        keeping.loop.setDeadline(timer, at: (now.boot + span).count)
    }

    func becameReady(_ readiness: Readiness) {}

    func deadlinePassed() {
        let now = keeping.now
        guard let nextWarning else { return }
        guard now.wall >= nextWarning else {
            return sleep(min(nextWarning - now.wall, Self.longestSleep), from: now)
        }
        start()
    }
}
