extension TokenMachine {
    /// The timer set last fired. Early and late calls are both fine.
    package mutating func timerFired(
        at now: Instant, random: inout some RandomNumberGenerator
    ) -> [TokenEffect] {
        dropExpiredToken(at: now)
        switch state {
        case .empty:
            // A timer had been set, so there was a token: it ran out while the machine slept.
            return startAttempt(at: now)
        case .fetching(let attempt), .refreshing(_, let attempt):
            guard now.boot >= attempt.deadlineBoot else {
                let timer = TokenEffect.setTimer(boot: wakeBoot(of: attempt, at: now))
                // With a token left, whoever waits has a 401 to pass on and loses nothing by waiting to the end.
                guard state.token == nil, let failure = whatIsTold(of: attempt, at: now) else { return [timer] }
                return [timer, .failWaiters(failure)]
            }
            return [.abandonFetch(attempt.flight)]
                + attemptFailed(FetchFailure(.unavailable(.timedOut)), at: now, random: &random)
        case .fresh(let token):
            return isRefreshDue(token, at: now) ? startAttempt(at: now) : [.setTimer(boot: refreshBoot(of: token))]
        case .backingOff(_, let pause):
            return now.boot >= pause.untilBoot ? startAttempt(at: now) : [.setTimer(boot: pause.untilBoot)]
        }
    }

    /// The client secret at its source has changed; the caller keeps the old and the new one until told
    /// ``TokenEffect/adoptSecret``, and calls this once per change.
    ///
    /// The new secret is tried at once, whatever the old one was waiting for, except where the server asked to
    /// be left alone: that holds for any secret. The present token serves on.
    package mutating func secretReplaced(at now: Instant) -> [TokenEffect] {
        dropExpiredToken(at: now)
        rotation = .trying(settled: isSettledSecretRejected ? .rejected : .notRejected)
        switch state {
        case .empty: return []
        case .fresh: return startAttempt(at: now)
        case .fetching(let attempt), .refreshing(_, let attempt):
            return [.abandonFetch(attempt.flight)] + startAttempt(at: now)
        case .backingOff(_, let pause):
            switch pause.failure.kind {
            case .rateLimited: return []
            case .unavailable, .rejected, .malformed:
                backOff = BackOff()
                return startAttempt(at: now)
            }
        }
    }

    private var isSettledSecretRejected: Bool {
        switch rotation {
        case .none:
            switch state {
            case .backingOff(_, let pause): pause.failure.kind == .rejected
            case .empty, .fetching, .fresh, .refreshing: false
            }
        case .trying(let settled), .heldBack(let settled): settled == .rejected
        }
    }
}
