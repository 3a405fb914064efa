import Credentials
import Policy
import Secrets
import TestSupport
import Testing
import Transport
import Upstream

@testable import Proxy

/// One configuration after the other on one event loop: what goes on, and what goes with the last that used it.
@Suite struct RegimeTests {
    /// An event loop's resources, and a protocol of what its desk asks the keeper.
    private final class Rig {
        let resources: LoopResources
        private var roll = CredentialRoll()
        private var count: UInt64 = 0
        private(set) var released: [Int] = []

        init(_ loop: EventLoop) {
            resources = LoopResources(loop: loop, resolver: Resolver(pool: BlockingPool()), peers: PeerCounter())
            resources.tokens.ask = { [unowned self] question in
                if case .released(let number) = question { released.append(number) }
                return nil
            }
        }

        func regime(_ settings: ProxySettings, listeners: [PlacedListener] = []) -> Regime {
            roll.call(settings)
            count += 1
            let generation = Generation(
                number: count, settings: settings, credentials: roll.numbers, listeners: listeners)
            return Regime(generation, on: resources)
        }

        func isGuarded(_ secret: String) -> Bool {
            var text = Array(secret.utf8)
            resources.secrets.mask(&text, from: 0)
            return text != Array(secret.utf8)
        }
    }

    private func onLoop(_ test: @Sendable (Rig) throws -> Void) async throws {
        let (actor, driver) = try LoopActor.start()
        defer { driver.cancel() }
        try await actor.run { try test(Rig($0)) }
    }

    private static let secret = "a client secret of some length"
    private static let token = "a-token-of-some-length.0123456789"

    @Test func aCredentialThatGoesOnKeepsItsToken() async throws {
        try await onLoop { rig in
            var former: Regime? = rig.regime(try configured([("a", client(secret: Self.secret))]))
            let entry = try #require(former?.credentials.first)
            rig.resources.tokens.receive(.issued(credential: entry.number, .lease(Self.token)))
            let next = rig.regime(try configured([("a", client(secret: Self.secret))]))
            #expect(next.credentials.first === entry)
            former = nil
            #expect(rig.released == [])
            #expect(entry.token?.generation == 1)
            #expect(rig.isGuarded(Self.token) && rig.isGuarded(Self.secret))
            withExtendedLifetime(next) {}
        }
    }

    /// Until the last exchange that began under it has ended, its secrets are looked for in answers.
    @Test func aCredentialThatIsGoneIsLetGoWithTheLastRegime() async throws {
        try await onLoop { rig in
            var former: Regime? = rig.regime(try configured([("a", client(secret: Self.secret))]))
            rig.resources.tokens.receive(.issued(credential: 1, .lease(Self.token)))
            var next: Regime? = rig.regime(try configured([("b", fixed("token-of-another.0123456789"))]))
            #expect(rig.isGuarded(Self.token) && rig.isGuarded(Self.secret))
            #expect(rig.released == [])
            former = nil
            #expect(rig.released == [1])
            #expect(!rig.isGuarded(Self.token) && !rig.isGuarded(Self.secret))
            #expect(rig.isGuarded("token-of-another.0123456789"))
            next = nil
            #expect(rig.released == [1, 2])
            #expect(former == nil && next == nil)
        }
    }

    /// A configuration that was made ready and not put into force leaves things as they were.
    @Test func oneThatIsAbandonedTakesNothingWithIt() async throws {
        try await onLoop { rig in
            let present = rig.regime(try configured([("a", fixed(Self.token))]))
            var next: Regime? = rig.regime(
                try configured([("a", fixed(Self.token)), ("b", fixed("token-of-another.0123456789"))]))
            #expect(rig.isGuarded("token-of-another.0123456789"))
            next = nil
            #expect(next == nil)
            #expect(rig.released == [2])
            #expect(present.credentials.map(\.token?.generation) == [1])
            #expect(rig.isGuarded(Self.token) && !rig.isGuarded("token-of-another.0123456789"))
        }
    }

    /// News of a credential that has gone, or was never there, is past.
    @Test func newsOfWhatIsGoneChangesNothing() async throws {
        try await onLoop { rig in
            let regime = rig.regime(try configured([("a", client(secret: Self.secret))]))
            for number in [0, 2, -1] {
                rig.resources.tokens.receive(.issued(credential: number, .lease(Self.token)))
                rig.resources.tokens.receive(.guarded(credential: number, [Secret(Self.token)]))
                rig.resources.tokens.receive(.unchanged(credential: number))
            }
            #expect(regime.credentials.map(\.token?.generation) == [nil])
            #expect(!rig.isGuarded(Self.token))
        }
    }

    // MARK: Upstream connections

    private static func base(_ port: UInt16) -> ProxySettings.Base {
        let endpoint = Endpoint(host: "127.0.0.1", port: port, isAddress: true, trust: nil)
        return ProxySettings.Base(endpoint: endpoint, path: [], urls: [])
    }

    @Test func connectionsOfUnchangedUpstreamsGoOn() async throws {
        try await onLoop { rig in
            var former: Regime? = rig.regime(
                try configured(bases: [.api: Self.base(1), .accounts: Self.base(2), .ai: Self.base(3)]))
            let api = try #require(former?.pool(.api))
            let accounts = try #require(former?.pool(.accounts))
            let ai = try #require(former?.pool(.ai))
            let next = rig.regime(try configured(bases: [.api: Self.base(1), .accounts: Self.base(4)]))
            if let former { next.takeOverPools(of: former) }
            #expect(next.pool(.api) === api)
            #expect(next.pool(.accounts).map { $0 !== accounts && $0.endpoint.port == 4 } == true)
            #expect(next.pool(.ai) == nil)
            #expect(api.isOpen && accounts.isOpen && ai.isOpen, "exchanges under way use them")
            former = nil
            #expect(former == nil)
            #expect([api, accounts, ai].map(\.isOpen) == [true, false, false])
        }
    }

    @Test(arguments: [
        { $0.poolLimits.connections += 1 }, { $0.upstreamTimeouts.answer += 1 },
    ] as [@Sendable (inout ProxySettings) -> Void])
    func connectionsUnderOtherLimitsDoNot(_ change: @escaping @Sendable (inout ProxySettings) -> Void) async throws {
        try await onLoop { rig in
            let former = rig.regime(try configured(bases: [.api: Self.base(1)]))
            let api = try #require(former.pool(.api))
            var settings = try configured(bases: [.api: Self.base(1)])
            change(&settings)
            let next = rig.regime(settings)
            next.takeOverPools(of: former)
            #expect(next.pool(.api).map { $0 !== api } == true)
        }
    }

    // MARK: Listeners

    @Test func listenersAreKnownByNumberAndPlace() async throws {
        try await onLoop { rig in
            let listeners = try (0..<2).map { _ in try Listener(bindingTo: .ipv4(0x7F00_0001, port: 0)) }
            // The first configured one does not exist on this machine.
            let placed = [PlacedListener(listeners[1], place: 1), PlacedListener(listeners[0], place: 2)]
            let regime = rig.regime(try configured(), listeners: placed)
            #expect(regime.place(ofListener: listeners[0].number) == 2)
            #expect(regime.place(ofListener: listeners[1].number) == 1)
            #expect(regime.place(ofListener: -1) == nil)
        }
    }
}

extension IssuedToken {
    /// A token without end.
    fileprivate static func lease(_ token: String, generation: UInt64 = 1) -> IssuedToken {
        IssuedToken(secret: Secret(token), generation: generation, validity: .unlimited)
    }
}
