import Credentials
import Secrets
import TestSupport
import Testing

/// Random lives, held to what must be true of every life.
struct TokenMachineModelTests {
    static let runs = 16

    @Test(arguments: 0..<runs) func invariantsHoldInRandomLives(run: Int) {
        for sequence in 0..<(100_000 / Self.runs) {
            let seed = UInt64(run) << 32 | UInt64(sequence)
            guard !live(seed: seed, isLogged: false).broken.isEmpty else { continue }
            let world = live(seed: seed, isLogged: true)
            Issue.record("seed \(seed): \(world.broken) in \(world.log)")
            return
        }
    }

    private func live(seed: UInt64, isLogged: Bool) -> World {
        var world = World(seed: seed, isLogged: isLogged)
        for _ in 0..<world.length { world.step() }
        world.recover()
        return world
    }
}

/// An authorization server, an API, clients and clocks at their worst, and a book kept of what the machine did.
private struct World {
    private static let token = Secret("token")

    var random: SplitMix64
    var machine: TokenMachine
    let limits: TokenLimits
    var now: Instant
    let length: Int
    var broken: [String] = []
    var log: [String] = []
    private let isLogged: Bool

    private var flight: Flight?
    private var flights: UInt64 = 0
    private var timer: Nanoseconds?
    private var isAwaited = false
    /// Since when the flight under way has been.
    private var flightStart = Nanoseconds.zero
    private var hasCandidate = false
    private var generation: UInt64 = 0
    /// By generation, from 1.
    private var ends: [Nanoseconds] = [.zero]
    private var last401Refresh: Nanoseconds?

    init(seed: UInt64, isLogged: Bool) {
        self.isLogged = isLogged
        random = SplitMix64(seed: seed)
        limits = TokenLimits()
        machine = TokenMachine(limits: limits)
        now = Instant(boot: .seconds(100), wall: .seconds(1_800_000_000))
        length = Int.random(in: 4...28, using: &random)
    }

    mutating func step() {
        switch random.next() % 16 {
        case 0, 1, 2: want()
        case 3, 4: unauthorized()
        case 5, 6: succeed(flight)
        case 7, 8: fail(flight)
        case 9: succeed(Flight(random.next() % (flights + 2)))
        case 10: fire()
        case 11, 12: waitForTimer()
        case 13: advance(.milliseconds(Int64(random.next() % 5_000)))
        case 14: disturbClocks()
        default: random.next() % 2 == 0 ? replaceSecret() : restore()
        }
        check(flight == nil ? !isAwaited : true, "someone waits for nothing")
        check(machine.status(at: now).generation == generation, "generation out of step")
    }

    /// From now on the server grants, and timers fire when they should.
    mutating func recover() {
        want()
        let start = now.boot
        for _ in 0..<3 {
            if flight != nil { succeed(flight, lifetime: .seconds(3_600)) }
            if machine.status(at: now).state == .fresh { break }
            waitForTimer()
        }
        let status = machine.status(at: now)
        check(status.state == .fresh && status.hasUsableToken, "no token after recovery")
        check(status.consecutiveFailures == 0, "failures counted after recovery")
        check(now.boot - start <= limits.longestPause, "recovery took longer than one back-off")
    }

    private mutating func want() {
        note("want")
        let isPausing = pausing
        let decision = machine.tokenWanted(at: now)
        apply(decision.effects)
        check(!isPausing || decision.effects.started.isEmpty, "attempt during a pause")
        switch decision.answer {
        case .use(let generation): checkUsable(generation)
        case .wait:
            isAwaited = true
            check(flight != nil, "told to wait for nothing")
        case .fail(let failure):
            check((failure.retryAfterSeconds ?? 0) >= 1, "Retry-After of nothing")
            check(machine.issued == nil, "failed with a token at hand")
        }
    }

    private mutating func unauthorized() {
        let refused = random.next() % (generation + 2)
        note("401 of \(refused)")
        let before = machine.status(at: now)
        let isPausing = pausing
        let decision = machine.unauthorizedReceived(generation: refused, at: now)
        apply(decision.effects)
        check(!isPausing || decision.effects.started.isEmpty, "attempt during a pause")
        if before.state == .fresh, !decision.effects.started.isEmpty {
            if let last = last401Refresh { check(now.boot - last >= limits.renewalInterval, "storm of 401s") }
            last401Refresh = now.boot
            check(refused == generation, "an old 401 renewed a new token")
        }
        switch decision.answer {
        case .useNewer(let newer):
            check(newer > refused, "not newer")
            checkUsable(newer)
        case .wait:
            isAwaited = true
            check(flight != nil, "told to wait for nothing")
        case .passOn: break
        }
    }

    private mutating func succeed(_ number: Flight?, lifetime: Nanoseconds? = nil) {
        guard let number else { return }
        let lifetime = lifetime ?? randomLifetime()
        note("granted \(number.number) for \(lifetime)")
        let delay = lifetime == .seconds(3_600) ? Nanoseconds.zero : .milliseconds(Int64(random.next() % 3_000))
        let sentAt = Instant(boot: now.boot - delay, wall: now.wall - delay)
        let isCurrent = number == flight
        if isCurrent { flight = nil }
        let grant = TokenGrant(token: Self.token, sentAt: sentAt, lifetime: lifetime)
        let effects = machine.fetchSucceeded(number, grant: grant, at: now, random: &random)
        check(isCurrent || effects.isEmpty, "an abandoned flight had effects")
        apply(effects, grant)
    }

    private mutating func fail(_ number: Flight?) {
        guard let number else { return }
        let kinds: [FetchFailure.Kind] = [
            .unavailable(.unreachable), .unavailable(.serverError), .rejected, .rateLimited, .malformed(.notJSON),
        ]
        let kind = kinds[Int(random.next() % 5)]
        let delays: [Int64?] = [nil, nil, 0, 7, 100_000, .max, .min]
        let failure = FetchFailure(kind, retryAfterSeconds: delays[Int(random.next() % 7)])
        note("failed \(number.number) \(kind)")
        flight = nil
        apply(machine.fetchFailed(number, failure: failure, at: now, random: &random))
    }

    private mutating func fire() {
        guard timer != nil else { return }
        note("timer")
        let isPausing = pausing
        let effects = machine.timerFired(at: now, random: &random)
        apply(effects)
        check(!isPausing || effects.started.isEmpty, "attempt during a pause")
        check(effects.timer != nil, "no timer after a timer")
        let status = machine.status(at: now)
        if status.state == .fetching, status.consecutiveFailures > 0, now.boot - flightStart >= limits.retryPatience {
            check(!isAwaited, "someone waits on for an attempt after a failure")
            check((timer ?? .zero) > now.boot, "a timer that has passed")
        }
    }

    private mutating func waitForTimer() {
        guard let timer else { return }
        advance(max(.zero, timer - now.boot))
        fire()
    }

    private mutating func replaceSecret() {
        note("secret replaced")
        hasCandidate = true
        apply(machine.secretReplaced(at: now))
    }

    private mutating func restore() {
        note("restored")
        let grant = TokenGrant(token: Self.token, sentAt: now, lifetime: randomLifetime())
        apply(machine.tokenRestored(grant, at: now, random: &random), grant)
    }

    private mutating func disturbClocks() {
        switch random.next() % 3 {
        case 0: advance(.seconds(Int64(random.next() % 100_000)))  // slept
        case 1: now.wall = now.wall + .seconds(Int64(random.next() % 200_000))
        default: now.wall = now.wall - .seconds(Int64(random.next() % 200_000))
        }
        let moment = now
        note("clocks \(moment)")
    }

    private mutating func advance(_ span: Nanoseconds) {
        note("passed \(span)")
        now.boot = now.boot + span
        now.wall = now.wall + span
    }

    private mutating func randomLifetime() -> Nanoseconds {
        [.seconds(1), .seconds(2), .seconds(60), .seconds(3_601), .seconds(86_400)][Int(random.next() % 5)]
    }

    private mutating func apply(_ effects: [TokenEffect], _ grant: TokenGrant? = nil) {
        for effect in effects {
            switch effect {
            case .startFetch(let number, let choice):
                check(choice == .settled || hasCandidate, "a secret that is not there")
                check(flight == nil, "two flights")
                check(number.number == flights + 1, "flight numbers out of step")
                flights = number.number
                flight = number
                flightStart = now.boot
            case .abandonFetch(let number):
                check(flight == number, "abandoned what was not under way")
                flight = nil
            case .setTimer(let boot):
                timer = boot
            case .publish(let number):
                check(number == generation + 1, "generation not the next")
                generation = number
                isAwaited = false
                ends.append(grant?.expiresAtBoot ?? .zero)
                checkUsable(number)
            case .failWaiters: isAwaited = false
            case .adoptSecret:
                check(hasCandidate, "adopted what is not there")
                hasCandidate = false
            case .retainSecret: check(hasCandidate, "retained what is not there")
            }
        }
    }

    private var pausing: Bool {
        let status = machine.status(at: now)
        return status.state == .backingOff && (status.nextActionBoot ?? .zero) > now.boot
    }

    private mutating func checkUsable(_ generation: UInt64) {
        check(machine.issued?.generation == generation, "the token meant is not the token there")
        check(machine.issued?.isUsable(at: now) == true, "an unusable token handed out")
        check(ends[Int(generation)] > now.boot, "an expired token handed out")
    }

    private mutating func note(_ event: @autoclosure () -> String) {
        if isLogged { log.append(event()) }
    }

    private mutating func check(_ holds: Bool, _ rule: String) {
        if !holds { broken.append(rule) }
    }
}
