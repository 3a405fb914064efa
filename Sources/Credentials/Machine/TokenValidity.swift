/// Until when a token may be used.
package enum TokenValidity: Equatable, Sendable {
    /// No end is known: an API Access Token, which carries none.
    case unlimited
    /// A static token that carries its end itself (`exp`), in seconds since 1970. Only the wall clock can
    /// tell, as nothing is known of when it was issued.
    case untilWall(seconds: Int64)
    /// A token fetched by this process. `expiresAt` and `refreshAt` are on the boot clock and decide.
    /// `wallExpiry` is where the wall clock would have put the end: when it has passed and the boot clock
    /// disagrees, either someone set the clock or a virtual machine was frozen without counting it. The token
    /// keeps serving, as the first is far commoner, but is due, as the second is possible.
    case lease(expiresAt: Nanoseconds, refreshAt: Nanoseconds, wallExpiry: Nanoseconds)

    package func holds(at now: Instant) -> Bool {
        switch self {
        case .unlimited: true
        case .untilWall(let seconds): now.wall.wholeSeconds < seconds
        case .lease(let expiresAt, _, _): now.boot < expiresAt
        }
    }

    package func isDue(at now: Instant) -> Bool {
        switch self {
        case .unlimited, .untilWall: false
        case .lease(_, let refreshAt, let wallExpiry): now.boot >= refreshAt || now.wall >= wallExpiry
        }
    }

    /// How long the token may still be used; nil without an end.
    package func remaining(at now: Instant) -> Nanoseconds? {
        switch self {
        case .unlimited: nil
        case .untilWall(let seconds): max(.zero, .seconds(seconds) - now.wall)
        case .lease(let expiresAt, _, _): max(.zero, expiresAt - now.boot)
        }
    }
}
