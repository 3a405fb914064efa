import Credentials
import Secrets
import Testing

struct FirstFetchTests {
    @Test func aCrowdAtStartUpCausesOneTokenRequest() {
        var rig = Rig()
        let deadline = rig.now.boot + .seconds(30)
        #expect(
            rig.want()
                == TokenDecision(
                    answer: .wait,
                    effects: [.startFetch(Flight(1), with: .settled), .setTimer(boot: deadline)]))
        for _ in 1..<10_000 { #expect(rig.want() == TokenDecision(answer: .wait, effects: [])) }

        let effects = rig.succeed(1)
        #expect(effects.contains(.publish(generation: 1)))
        #expect(rig.want() == TokenDecision(answer: .use(generation: 1), effects: []))
        #expect(rig.machine.issued?.secret.matches(Secret("t1")) == true)
    }

    @Test func withoutATokenClientsAreToldAtOnceAndWhenToComeBack() {
        var rig = Rig()
        _ = rig.want()
        let failed = rig.fail(1)
        #expect(failed.told?.status == 503)
        #expect(rig.state == .backingOff)

        guard case .fail(let told) = rig.want().answer else {
            Issue.record("no failure")
            return
        }
        #expect(told.code == "auth-server-unavailable")
        #expect(told.retryAfterSeconds == 1)
        #expect(rig.want().effects.isEmpty)
    }

    @Test func aRejectedCredentialIs502() {
        var rig = Rig()
        _ = rig.want()
        let told = rig.fail(1, .rejected).told
        #expect(told?.status == 502)
        #expect(told?.code == "credential-rejected")
        #expect((30...60).contains(told?.retryAfterSeconds ?? 0))
    }

    @Test func aHangingFirstAttemptIsGivenUpAndItsLateAnswerIgnored() throws {
        var rig = Rig()
        _ = rig.want()
        rig.pass(.seconds(29))
        #expect(rig.fire() == [.setTimer(boot: rig.now.boot + .seconds(1))])
        #expect(rig.want().answer == .wait)
        rig.pass(.seconds(1))
        let effects = rig.fire()
        #expect(effects.first == .abandonFetch(Flight(1)))
        #expect(effects.told?.cause.kind == .unavailable(.timedOut))
        #expect(rig.succeed(1) == [])
        #expect(rig.fail(1) == [])
        #expect(rig.machine.issued == nil)
    }

    @Test func nobodyWaitsForALaterAttemptThatHangs() throws {
        var rig = Rig()
        _ = rig.want()
        rig.pass(toBoot: try #require(rig.fail(1).timer))
        let began = rig.now.boot
        #expect(rig.fire() == [.startFetch(Flight(2), with: .settled), .setTimer(boot: began + .seconds(2))])
        rig.pass(.milliseconds(1_999))
        #expect(rig.want().answer == .wait)
        #expect(rig.fire() == [.setTimer(boot: began + .seconds(2))])
        rig.pass(.milliseconds(1))
        // Whoever has waited is told, and the attempt goes on to its end.
        let told = TokenFailure(cause: .down, retryAfterSeconds: 1)
        #expect(rig.fire() == [.setTimer(boot: began + .seconds(10)), .failWaiters(told)])
        #expect(rig.want().answer == .fail(told))
        #expect(rig.succeed(2).contains(.publish(generation: 1)))
    }

    @Test func anAnswerOlderThanItsTokenIsAFailureAndNoLoop() {
        var rig = Rig()
        _ = rig.want()
        let sentAt = rig.now
        rig.pass(.seconds(5))
        let grant = TokenGrant(token: .init("late"), sentAt: sentAt, lifetime: .seconds(5))
        let effects = rig.machine.fetchSucceeded(Flight(1), grant: grant, at: rig.now, random: &rig.random)
        #expect(effects.started.isEmpty)
        #expect(effects.told?.cause.kind == .malformed(.expiredOnArrival))
    }

    @Test func lifeCountsFromWhenTheRequestWasSent() throws {
        var rig = Rig()
        _ = rig.want()
        let sentAt = rig.now
        rig.pass(.seconds(20))
        let grant = TokenGrant(token: .init("slow"), sentAt: sentAt, lifetime: .seconds(100))
        _ = rig.machine.fetchSucceeded(Flight(1), grant: grant, at: rig.now, random: &rig.random)
        let token = try #require(rig.machine.issued)
        #expect(token.validity.remaining(at: rig.now) == .seconds(80))
    }
}
