extension TokenMachine {
    package func status(at now: Instant) -> TokenStatus {
        let token = state.token.flatMap { $0.isUsable(at: now) ? $0 : nil }
        let name: TokenStatus.State
        let next: Nanoseconds?
        switch state {
        case .empty: (name, next) = (.empty, nil)
        case .fetching(let attempt): (name, next) = (.fetching, wakeBoot(of: attempt, at: now))
        case .fresh(let held): (name, next) = (token == nil ? .empty : .fresh, refreshBoot(of: held))
        case .refreshing(_, let attempt): (name, next) = (token == nil ? .fetching : .refreshing, wakeBoot(of: attempt, at: now))
        case .backingOff(_, let pause): (name, next) = (.backingOff, pause.untilBoot)
        }
        return TokenStatus(
            state: name, hasUsableToken: token != nil, generation: generation,
            age: token.flatMap { _ in lastSentBoot.map { now.boot - $0 } },
            remaining: token.flatMap { $0.validity.remaining(at: now) }, lastRefresh: lastRefresh,
            nextActionBoot: next, lastFailure: lastFailure, lastFailureAt: lastFailureAt,
            consecutiveFailures: backOff.failures, fetches: flights)
    }
}
