/// The answer to who wants a token to send a request with.
package struct TokenDecision: Equatable, Sendable {
    package enum Answer: Equatable, Sendable {
        /// The token of that generation, in ``TokenMachine/issued``.
        case use(generation: UInt64)
        /// A token request is under way: wait for ``TokenEffect/publish(generation:)`` or
        /// ``TokenEffect/failWaiters(_:)``, no longer than one's own deadline.
        case wait
        /// No token can be had now: tell the client at once.
        case fail(TokenFailure)
    }

    package let answer: Answer
    package let effects: [TokenEffect]

    package init(answer: Answer, effects: [TokenEffect]) {
        self.answer = answer
        self.effects = effects
    }
}

/// The answer to who sent a token of ours and was told 401.
package struct UnauthorizedDecision: Equatable, Sendable {
    package enum Answer: Equatable, Sendable {
        /// A newer token is already there: repeat the request with it.
        case useNewer(generation: UInt64)
        /// A newer token is on its way: wait, then repeat the request.
        case wait
        /// Nothing better can be had now: the 401 is the client's answer.
        case passOn
    }

    package let answer: Answer
    package let effects: [TokenEffect]

    package init(answer: Answer, effects: [TokenEffect]) {
        self.answer = answer
        self.effects = effects
    }
}
