extension TokenMachine {
    /// A request wants a token, or the proxy starts and wants one early.
    package mutating func tokenWanted(at now: Instant) -> TokenDecision {
        dropExpiredToken(at: now)
        switch state {
        case .empty:
            return TokenDecision(answer: .wait, effects: startAttempt(at: now))
        case .fetching(let attempt):
            if let failure = whatIsTold(of: attempt, at: now) { return TokenDecision(answer: .fail(failure), effects: []) }
            return TokenDecision(answer: .wait, effects: [])
        case .fresh(let token):
            return TokenDecision(
                answer: .use(generation: token.generation),
                effects: isRefreshDue(token, at: now) ? startAttempt(at: now) : [])
        case .refreshing(let token, _):
            return TokenDecision(answer: .use(generation: token.generation), effects: [])
        case .backingOff(let token, let pause):
            let effects = now.boot >= pause.untilBoot ? startAttempt(at: now) : []
            if let token { return TokenDecision(answer: .use(generation: token.generation), effects: effects) }
            return TokenDecision(answer: effects.isEmpty ? .fail(whatIsTold(pause, at: now)) : .wait, effects: effects)
        }
    }

    /// The API answered 401 to a request that carried the token of that generation. (A 403 is about rights and
    /// never ends here.) A late 401 of an old token leaves the new one alone.
    ///
    /// The token under suspicion keeps serving while its successor is fetched: an API that answers 401 for
    /// reasons of its own must not take a valid token away from everyone else.
    package mutating func unauthorizedReceived(generation refused: UInt64, at now: Instant) -> UnauthorizedDecision {
        dropExpiredToken(at: now)
        guard refused > 0, refused <= generation else { return UnauthorizedDecision(answer: .passOn, effects: []) }
        if let token = state.token, refused < token.generation {
            return UnauthorizedDecision(answer: .useNewer(generation: token.generation), effects: [])
        }
        switch state {
        case .fetching(let attempt):
            return UnauthorizedDecision(answer: whatIsTold(of: attempt, at: now) == nil ? .wait : .passOn, effects: [])
        case .refreshing:
            return UnauthorizedDecision(answer: .wait, effects: [])
        case .empty:
            return UnauthorizedDecision(answer: .wait, effects: startAttempt(at: now))
        case .fresh:
            guard renewals.spend(at: now.boot) else { return UnauthorizedDecision(answer: .passOn, effects: []) }
            return UnauthorizedDecision(answer: .wait, effects: startAttempt(at: now))
        case .backingOff(_, let pause):
            guard now.boot >= pause.untilBoot else { return UnauthorizedDecision(answer: .passOn, effects: []) }
            return UnauthorizedDecision(answer: .wait, effects: startAttempt(at: now))
        }
    }
}
