import Credentials
import Secrets
import TestSupport

/// A machine with hands on its clocks.
struct Rig {
    var machine: TokenMachine
    var now = Instant(boot: .seconds(1_000), wall: .seconds(1_800_000_000))
    var random = SplitMix64(seed: 22)

    init(limits: TokenLimits = TokenLimits()) { machine = TokenMachine(limits: limits) }

    mutating func pass(_ span: Nanoseconds) {
        now.boot = now.boot + span
        now.wall = now.wall + span
    }

    mutating func pass(toBoot boot: Nanoseconds) { pass(boot - now.boot) }

    mutating func want() -> TokenDecision { machine.tokenWanted(at: now) }

    mutating func unauthorized(_ generation: UInt64) -> UnauthorizedDecision {
        machine.unauthorizedReceived(generation: generation, at: now)
    }

    mutating func fire() -> [TokenEffect] { machine.timerFired(at: now, random: &random) }

    mutating func succeed(_ flight: UInt64, lifetime: Nanoseconds = .seconds(3_600)) -> [TokenEffect] {
        let grant = TokenGrant(token: Secret("t\(flight)"), sentAt: now, lifetime: lifetime)
        return machine.fetchSucceeded(Flight(flight), grant: grant, at: now, random: &random)
    }

    mutating func fail(_ flight: UInt64, _ failure: FetchFailure = .down) -> [TokenEffect] {
        machine.fetchFailed(Flight(flight), failure: failure, at: now, random: &random)
    }

    mutating func replaceSecret() -> [TokenEffect] { machine.secretReplaced(at: now) }

    mutating func restore(lifetime: Nanoseconds) -> [TokenEffect] {
        let grant = TokenGrant(token: Secret("restored"), sentAt: now, lifetime: lifetime)
        return machine.tokenRestored(grant, at: now, random: &random)
    }

    var state: TokenStatus.State { machine.status(at: now).state }

    /// A machine that has just had a token of that lifetime, by flight 1.
    static func withToken(lifetime: Nanoseconds = .seconds(3_600), limits: TokenLimits = TokenLimits()) -> Rig {
        var rig = Rig(limits: limits)
        _ = rig.want()
        _ = rig.succeed(1, lifetime: lifetime)
        return rig
    }

    /// That machine, its refresh begun as flight 2.
    static func refreshing(lifetime: Nanoseconds = .seconds(3_600)) -> Rig {
        var rig = withToken(lifetime: lifetime)
        rig.pass(toBoot: rig.machine.status(at: rig.now).nextActionBoot ?? .zero)
        _ = rig.fire()
        return rig
    }
}

extension FetchFailure {
    static let down = FetchFailure(.unavailable(.unreachable))
    static let rejected = FetchFailure(.rejected, status: 401)
}

extension [TokenEffect] {
    /// The point the timer was last set to.
    var timer: Nanoseconds? {
        compactMap { if case .setTimer(let boot) = $0 { boot } else { nil } }.last
    }

    var started: [Flight] {
        compactMap { if case .startFetch(let flight, _) = $0 { flight } else { nil } }
    }

    var told: TokenFailure? {
        compactMap { if case .failWaiters(let failure) = $0 { failure } else { nil } }.last
    }
}
