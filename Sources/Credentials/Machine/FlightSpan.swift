/// How long a token request may take before it is given up and another one is made.
///
/// The first one may take its time. Beyond that a server that was busy and has forgotten us must not cost more than
/// there is: a refresh is given up when the token ends, so that the next attempt begins on a new connection, and
/// an attempt after failures gets a short span that doubles, so that a server that is truly slow is had in the end.
enum FlightSpan {
    static func span(token: IssuedToken?, failures: Int, at now: Instant, limits: TokenLimits) -> Nanoseconds {
        if token == nil, failures == 0 { return limits.flight }
        let patience = limits.leastFlight.multiplied(by: 1 << Int64(min(failures, 30)))
        let left = token?.validity.remaining(at: now) ?? .zero
        return min(limits.flight, max(patience, left))
    }
}
