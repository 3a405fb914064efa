import Credentials
import Testing

struct TokenStatusTests {
    @Test func tellsTheLifeOfACredential() {
        var rig = Rig()
        #expect(rig.machine.status(at: rig.now).state == .empty)
        _ = rig.want()
        #expect(rig.machine.status(at: rig.now).state == .fetching)
        _ = rig.succeed(1, lifetime: .seconds(100))
        let had = rig.now
        rig.pass(.seconds(10))
        let status = rig.machine.status(at: rig.now)
        #expect(status.state == .fresh && status.hasUsableToken)
        #expect(status.generation == 1 && status.fetches == 1)
        #expect(status.age == .seconds(10))
        #expect(status.remaining == .seconds(90))
        #expect(status.lastRefresh == had)
        #expect(status.lastFailure == nil)

        _ = rig.unauthorized(1)
        _ = rig.fail(2)
        let failed = rig.machine.status(at: rig.now)
        #expect(failed.state == .backingOff && failed.hasUsableToken)
        #expect(failed.lastFailure == .down && failed.lastFailureAt == rig.now)
        #expect(failed.consecutiveFailures == 1)

        rig.pass(.seconds(90))
        let expired = rig.machine.status(at: rig.now)
        #expect(!expired.hasUsableToken && expired.age == nil && expired.remaining == nil)
    }

    @Test func neverShowsTheToken() {
        var rig = Rig()
        _ = rig.want()
        let grant = TokenGrant(token: .init("canary-51"), sentAt: rig.now, lifetime: .seconds(100))
        let effects = rig.machine.fetchSucceeded(Flight(1), grant: grant, at: rig.now, random: &rig.random)
        var text = "\(rig.machine) \(effects) \(rig.machine.status(at: rig.now)) \(grant)"
        dump(rig.machine, to: &text)
        #expect(!text.contains("canary"))
    }
}
