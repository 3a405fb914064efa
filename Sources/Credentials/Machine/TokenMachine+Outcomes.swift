extension TokenMachine {
    /// The token request of that number brought a token.
    package mutating func fetchSucceeded(
        _ flight: Flight, grant: TokenGrant, at now: Instant, random: inout some RandomNumberGenerator
    ) -> [TokenEffect] {
        dropExpiredToken(at: now)
        guard state.attempt?.flight == flight else { return [] }
        guard now.boot < grant.expiresAtBoot else {
            return attemptFailed(FetchFailure(.malformed(.expiredOnArrival)), at: now, random: &random)
        }
        var effects: [TokenEffect] = []
        switch rotation {
        case .none: break
        case .trying:
            rotation = .none
            effects.append(.adoptSecret)
        case .heldBack: rotation = .heldBack(settled: .notRejected)
        }
        return effects + install(grant, at: now, random: &random)
    }

    /// The token request of that number brought none.
    package mutating func fetchFailed(
        _ flight: Flight, failure: FetchFailure, at now: Instant, random: inout some RandomNumberGenerator
    ) -> [TokenEffect] {
        dropExpiredToken(at: now)
        guard state.attempt?.flight == flight else { return [] }
        return attemptFailed(failure, at: now, random: &random)
    }

    /// A token was found where this or another process had kept it. It is taken if it outlives the present one;
    /// a token request under way goes on.
    package mutating func tokenRestored(
        _ grant: TokenGrant, at now: Instant, random: inout some RandomNumberGenerator
    ) -> [TokenEffect] {
        dropExpiredToken(at: now)
        guard now.boot < grant.expiresAtBoot else { return [] }
        if let token = state.token, case .lease(let expiresAt, _, _) = token.validity,
            grant.expiresAtBoot <= expiresAt
        {
            return []
        }
        guard let attempt = state.attempt else { return install(grant, at: now, random: &random) }
        let token = issue(grant, at: now, random: &random)
        state = .refreshing(token, attempt)
        return [.publish(generation: token.generation)]
    }
}
