extension TokenMachine {
    enum State: Sendable {
        /// No token and no attempt: nobody has wanted one yet, or the last one ran out while the machine slept.
        case empty
        /// No token; a token request is under way.
        case fetching(Attempt)
        /// A token serves and its refresh is planned.
        case fresh(IssuedToken)
        /// A token serves while a request for the next one is under way.
        case refreshing(IssuedToken, Attempt)
        /// The last attempt failed and the next is planned. A token may still serve.
        case backingOff(IssuedToken?, Pause)

        var token: IssuedToken? {
            switch self {
            case .empty, .fetching: nil
            case .fresh(let token), .refreshing(let token, _): token
            case .backingOff(let token, _): token
            }
        }

        var attempt: Attempt? {
            switch self {
            case .empty, .fresh, .backingOff: nil
            case .fetching(let attempt), .refreshing(_, let attempt): attempt
            }
        }
    }

    struct Attempt: Equatable, Sendable {
        let flight: Flight
        let startedBoot: Nanoseconds
        let deadlineBoot: Nanoseconds
    }

    struct Pause: Equatable, Sendable {
        let untilBoot: Nanoseconds
        let failure: FetchFailure
    }
}
