import Credentials
import Logging
import Transport

/// What everything that is kept on the keeper's loop shares.
struct TokenKeeping {
    let loop: EventLoop
    let limits: TokenLimits
    let logger: Logger
    /// None where tokens are not kept on disk.
    let kept: KeptTokens?
    /// Tells every event loop, the keeper's own included.
    let broadcast: (TokenNews) -> Void

    var now: Instant {
        Instant(boot: Nanoseconds(Clock.bootNanoseconds()), wall: Nanoseconds(Clock.wallNanoseconds()))
    }
}
