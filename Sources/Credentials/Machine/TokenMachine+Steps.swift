extension TokenMachine {
    /// Lets go of a token that has reached its end, so that no state can hand it out.
    mutating func dropExpiredToken(at now: Instant) {
        guard let token = state.token, !token.isUsable(at: now) else { return }
        switch state {
        case .empty, .fetching: break
        case .fresh: state = .empty
        case .refreshing(_, let attempt): state = .fetching(attempt)
        case .backingOff(_, let pause): state = .backingOff(nil, pause)
        }
    }

    mutating func startAttempt(at now: Instant) -> [TokenEffect] {
        flights &+= 1
        let span = FlightSpan.span(token: state.token, failures: backOff.failures, at: now, limits: limits)
        let attempt = Attempt(flight: Flight(flights), startedBoot: now.boot, deadlineBoot: now.boot + span)
        state = state.token.map { .refreshing($0, attempt) } ?? .fetching(attempt)
        return [.startFetch(attempt.flight, with: rotation.choice), .setTimer(boot: wakeBoot(of: attempt, at: now))]
    }

    /// Until when that attempt is waited for; nil: to its end. The first one is. A later one only while it has just
    /// begun: a server that hangs on every attempt would otherwise make every client wait instead of telling it what
    /// is wrong.
    private func patienceEnd(of attempt: Attempt) -> Nanoseconds? {
        backOff.failures > 0 ? attempt.startedBoot + limits.retryPatience : nil
    }

    /// What those are told who have waited long enough for that attempt, which goes on; nil while they wait.
    func whatIsTold(of attempt: Attempt, at now: Instant) -> TokenFailure? {
        guard let lastFailure, let end = patienceEnd(of: attempt), now.boot >= end else { return nil }
        return TokenFailure(cause: lastFailure, retryAfterSeconds: 1)
    }

    /// When there is next something to do about that attempt: to tell those who wait, or to give it up.
    func wakeBoot(of attempt: Attempt, at now: Instant) -> Nanoseconds {
        guard let end = patienceEnd(of: attempt), now.boot < end else { return attempt.deadlineBoot }
        return min(end, attempt.deadlineBoot)
    }

    mutating func attemptFailed(
        _ failure: FetchFailure, at now: Instant, random: inout some RandomNumberGenerator
    ) -> [TokenEffect] {
        lastFailure = failure
        lastFailureAt = now
        if failure.kind == .rejected {
            switch rotation {
            case .none: break
            case .heldBack(let settled):
                rotation = .trying(settled: .rejected)
                // The server has changed over. From here on, the two take turns at the back-off's pace.
                if settled == .notRejected { return startAttempt(at: now) }
            case .trying(let settled):
                rotation = .heldBack(settled: settled)
                if settled == .notRejected {
                    return [.retainSecret(failure)] + resumeWithSettledSecret(after: failure, at: now)
                }
                return [.retainSecret(failure)] + rest(after: failure, at: now, random: &random)
            }
        }
        return rest(after: failure, at: now, random: &random)
    }

    mutating func rest(
        after failure: FetchFailure, at now: Instant, random: inout some RandomNumberGenerator
    ) -> [TokenEffect] {
        let pause = Pause(
            untilBoot: now.boot + backOff.pause(after: failure, limits: limits, random: &random), failure: failure)
        state = .backingOff(state.token, pause)
        return [.setTimer(boot: pause.untilBoot), .failWaiters(whatIsTold(pause, at: now))]
    }

    /// The new secret was rejected and the old one has given no cause to doubt it. With a token left, whoever
    /// waits does so to repeat a request after a 401, for which there is no newer token; without one, everybody
    /// goes on waiting for what the old secret brings.
    mutating func resumeWithSettledSecret(after failure: FetchFailure, at now: Instant) -> [TokenEffect] {
        backOff = BackOff()
        guard let token = state.token, !token.isDue(at: now) else { return startAttempt(at: now) }
        state = .fresh(token)
        let told = TokenFailure(cause: failure, retryAfterSeconds: nil)
        return [.setTimer(boot: refreshBoot(of: token)), .failWaiters(told)]
    }

    mutating func install(
        _ grant: TokenGrant, at now: Instant, random: inout some RandomNumberGenerator
    ) -> [TokenEffect] {
        let token = issue(grant, at: now, random: &random)
        backOff = BackOff()
        state = .fresh(token)
        return [.setTimer(boot: refreshBoot(of: token)), .publish(generation: token.generation)]
    }

    mutating func issue(
        _ grant: TokenGrant, at now: Instant, random: inout some RandomNumberGenerator
    ) -> IssuedToken {
        generation &+= 1
        lastRefresh = now
        lastSentBoot = grant.sentAt.boot
        return IssuedToken(
            secret: grant.token, generation: generation,
            validity: .lease(
                expiresAt: grant.expiresAtBoot,
                refreshAt: RefreshPlan.refreshAt(grant, limits: limits, random: &random),
                wallExpiry: grant.sentAt.wall + grant.lifetime))
    }

    /// Whether the refresh of a token that still serves starts now. The boot clock's word is final; the wall
    /// clock's is a suspicion and shares the budget of the 401s, so that a clock set to and fro causes no storm.
    mutating func isRefreshDue(_ token: IssuedToken, at now: Instant) -> Bool {
        guard token.isDue(at: now) else { return false }
        return now.boot >= refreshBoot(of: token) || renewals.spend(at: now.boot)
    }

    func refreshBoot(of token: IssuedToken) -> Nanoseconds {
        switch token.validity {
        case .lease(_, let refreshAt, _): refreshAt
        case .unlimited, .untilWall: Nanoseconds(.max)
        }
    }

    func whatIsTold(_ pause: Pause, at now: Instant) -> TokenFailure {
        TokenFailure(cause: pause.failure, retryAfterSeconds: max(1, (pause.untilBoot - now.boot).secondsRoundedUp))
    }
}
