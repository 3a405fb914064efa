import Credentials
import Testing

@Suite struct FlightSpanTests {
    @Test func theFirstMayTakeItsTime() throws {
        var rig = Rig()
        #expect(rig.want().effects.timer == .seconds(30) + rig.now.boot)
    }

    @Test func aRefreshThatHangsIsGivenUpWhenTheTokenEnds() throws {
        var rig = Rig()
        _ = rig.want()
        _ = rig.succeed(1, lifetime: .seconds(60))
        rig.pass(.seconds(50))
        let started = rig.fire()
        #expect(started.started == [Flight(2)])
        #expect(started.timer == rig.now.boot + .seconds(10))
    }

    @Test func aShortTokenLeavesFiveSeconds() throws {
        var rig = Rig()
        _ = rig.want()
        _ = rig.succeed(1, lifetime: .seconds(4))
        rig.pass(.milliseconds(3_900))
        #expect(rig.fire().timer == rig.now.boot + .seconds(5))
    }

    /// A server that takes 25 s each time is had in the end.
    @Test func attemptsAfterFailuresGetMoreEachTime() throws {
        var rig = Rig()
        _ = rig.want()
        var spans: [Nanoseconds] = []
        for flight in 1...4 as ClosedRange<UInt64> {
            rig.pass(toBoot: try #require(rig.fail(flight).timer))
            let began = rig.now.boot
            // First those who wait are told; then the attempt is given up.
            rig.pass(toBoot: try #require(rig.fire().timer))
            #expect(rig.now.boot == began + rig.machine.limits.retryPatience)
            spans.append(try #require(rig.fire().timer) - began)
        }
        #expect(spans == [.seconds(10), .seconds(20), .seconds(30), .seconds(30)])
    }
}
