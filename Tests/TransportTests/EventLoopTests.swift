import Foundation
import TestSupport
import Testing

@testable import Transport

/// A handler that says when it is called.
private final class Bell: EventHandler {
    var registration: Registration?
    var rung: () -> Void = {}
    var ready: (Readiness) -> Void = { _ in }
    func becameReady(_ readiness: Readiness) { ready(readiness) }
    func deadlinePassed() { rung() }
}

private final class Bells {
    var all: [Bell] = []
}

@Suite(.serialized) struct EventLoopTests {
    /// Registers one end of a pair, or a descriptor that cannot be watched, as a connection that was let in; gives the
    /// other end.
    private func accepted(
        _ seen: Recorder<Readiness>, watches: Int, canBeWatched: Bool = true, sent: String = ""
    ) async throws -> (LoopActor, LoopDriver, Peer) {
        var ends: [Int32] = [0, 0]
        socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends)
        let peer = Peer(adopting: ends[1])
        try peer.send(sent)
        // Files are always ready, so epoll takes none.
        let descriptor = canBeWatched ? ends[0] : open("/etc/passwd", O_RDONLY)
        let (actor, driver) = try LoopActor.start()
        await actor.keep { loop in
            let bell = Bell()
            bell.ready = { seen.note($0) }
            let registration = loop.register(accepted: descriptor, bell)
            bell.registration = registration
            for _ in 0..<watches { loop.watch(registration) }
            return bell
        }
        return (actor, driver, peer)
    }

    @Test func whoIsLetInIsWatchedSoonInAnyCase() async throws {
        let seen = Recorder<Readiness>()
        let (actor, driver, peer) = try await accepted(seen, watches: 0, sent: "x")
        #expect(try await blocking { seen.wait(for: 1) } == [[.readable, .writable]])
        withExtendedLifetime((actor, driver, peer)) {}
    }

    @Test func toBeWatchedTwiceChangesNothing() async throws {
        let seen = Recorder<Readiness>()
        let (actor, driver, peer) = try await accepted(seen, watches: 2)
        // It can be written to, as it is.
        #expect(try await blocking { seen.wait(for: 1) } == [.writable])
        try peer.send("x")
        let second = try await blocking { seen.wait(for: 2) }
        #expect(second.last?.contains(.readable) == true && second.allSatisfy { !$0.contains(.hungUp) })
        withExtendedLifetime((actor, driver)) {}
    }

    /// The place of one that left before it was watched is another's by then, and so is its descriptor.
    @Test func whoComesInThePlaceOfOneThatLeftIsWatchedForItself() async throws {
        let seen = Recorder<String>()
        var pairs: [(Int32, Peer)] = []
        for _ in 0..<2 {
            var ends: [Int32] = [0, 0]
            socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends)
            pairs.append((ends[0], Peer(adopting: ends[1])))
            try pairs[pairs.count - 1].1.send("x")
        }
        let descriptors = pairs.map(\.0)
        let (actor, driver) = try LoopActor.start()
        await actor.keep { loop in
            let bells = Bells()
            for (number, descriptor) in descriptors.enumerated() {
                let bell = Bell()
                bell.ready = { _ in seen.note("\(number)") }
                let registration = loop.register(accepted: descriptor, bell)
                if number == 0 { loop.forget(registration) }
                bells.all.append(bell)
            }
            return bells
        }
        #expect(try await blocking { seen.wait(for: 2, seconds: 0.2) } == ["1"])
        withExtendedLifetime((actor, driver, pairs)) {}
    }

    @Test(arguments: [0, 1]) func whatCannotBeWatchedIsToldAsHungUp(watches: Int) async throws {
        let seen = Recorder<Readiness>()
        let (actor, driver, peer) = try await accepted(seen, watches: watches, canBeWatched: false)
        #expect(try await blocking { seen.wait(for: 1) } == [.hungUp])
        withExtendedLifetime((actor, driver, peer)) {}
    }

    @Test func deadlinesPassInTheirTimeAndOnce() async throws {
        let (actor, driver) = try LoopActor.start()
        let rung = Recorder<Int>()
        let began = Clock.bootNanoseconds()
        await actor.keep { loop in
            let bells = Bells()
            for (number, milliseconds) in [300, 100, 200, 0].enumerated() {
                let bell = Bell()
                let registration = loop.registerTimer(bell)
                bell.registration = registration
                bell.rung = { rung.note(number) }
                loop.setDeadline(registration, at: loop.deadline(in: Int64(milliseconds) * 1_000_000))
                bells.all.append(bell)
            }
            return bells
        }
        let order = try await blocking { rung.wait(for: 4) }
        #expect(order == [3, 1, 2, 0])
        #expect(Clock.bootNanoseconds() - began >= 300_000_000)
        // Long enough asleep in Dispatch, and nobody rings twice.
        let more = try await blocking { rung.wait(for: 5, seconds: 0.2) }
        #expect(more.count == 4)
        withExtendedLifetime(driver) {}
    }

    /// Its clock need not be ours to the nanosecond, and the loop waits for nothing else.
    @Test func anAlarmThatGoesOffTooEarlyIsSetAgain() async throws {
        let (actor, driver) = try LoopActor.start()
        let rung = Recorder<Int>()
        await actor.keep { loop in
            let bell = Bell()
            let registration = loop.registerTimer(bell)
            bell.rung = { rung.note(1) }
            loop.setDeadline(registration, in: 300_000_000)
            return bell
        }
        for _ in 0..<20 {
            await actor.run { $0.executor.poller.setAlarm(Clock.bootNanoseconds() + 1) }
        }
        #expect(try await blocking { rung.wait(for: 1, seconds: 5) } == [1])
        withExtendedLifetime((actor, driver)) {}
    }

    @Test func deadlinesMoveAndAreCleared() async throws {
        let (actor, driver) = try LoopActor.start()
        let rung = Recorder<String>()
        await actor.keep { loop in
            let bells = Bells()
            for name in ["cleared", "moved", "forgotten", "sooner", "far"] {
                let bell = Bell()
                bell.registration = loop.registerTimer(bell)
                bell.rung = { rung.note(name) }
                bells.all.append(bell)
            }
            func set(_ index: Int, _ milliseconds: Int64) {
                loop.setDeadline(bells.all[index].registration!, at: loop.deadline(in: milliseconds * 1_000_000))
            }
            set(0, 30)
            loop.setDeadline(bells.all[0].registration!, at: .max)
            set(1, 30)
            set(1, 150)
            set(2, 30)
            loop.forget(bells.all[2].registration!)
            set(3, 60_000)
            set(3, 60)
            loop.setDeadline(bells.all[4].registration!, at: loop.deadline(in: .max))
            // Of one that is not there any more: nothing happens.
            set(2, 10)
            return bells
        }
        let order = try await blocking { rung.wait(for: 3, seconds: 0.6) }
        #expect(order == ["sooner", "moved"])
        withExtendedLifetime(driver) {}
    }

    @Test func aHandlerMayArmItselfAgainAndOthers() async throws {
        let (actor, driver) = try LoopActor.start()
        let rung = Recorder<Int>()
        await actor.keep { loop in
            let bells = Bells()
            let first = Bell()
            let second = Bell()
            bells.all = [first, second]
            first.registration = loop.registerTimer(first)
            second.registration = loop.registerTimer(second)
            var left = 5
            first.rung = { [unowned loop, unowned first, unowned second] in
                rung.note(left)
                left -= 1
                if left > 0 { loop.setDeadline(first.registration!, at: loop.deadline(in: 1_000_000)) }
                // At an index the sweep has yet to come to, and in the past.
                if left == 0 { loop.setDeadline(second.registration!, at: loop.now) }
            }
            second.rung = { rung.note(100) }
            loop.setDeadline(first.registration!, at: loop.now)
            return bells
        }
        let order = try await blocking { rung.wait(for: 6) }
        #expect(order == [5, 4, 3, 2, 1, 100])
        withExtendedLifetime(driver) {}
    }

    @Test func callingAgainIsOnceInTheNextRound() async throws {
        let (actor, driver) = try LoopActor.start()
        let called = Recorder<UInt8>()
        await actor.keep { loop in
            let bell = Bell()
            let registration = loop.registerTimer(bell)
            bell.registration = registration
            var left = 3
            bell.ready = { [unowned loop] readiness in
                called.note(readiness.rawValue)
                left -= 1
                if left > 0 { loop.callAgain(registration) }
            }
            loop.callAgain(registration)
            // Somebody who has gone by then is not called.
            let gone = Bell()
            let goneRegistration = loop.registerTimer(gone)
            gone.ready = { _ in called.note(255) }
            loop.callAgain(goneRegistration)
            loop.forget(goneRegistration)
            return bell
        }
        let calls = try await blocking { called.wait(for: 4, seconds: 0.2) }
        #expect(calls == [Readiness([.readable, .writable]).rawValue, 3, 3])
        withExtendedLifetime(driver) {}
    }

    /// A place is used again at once, and the old name for it means nothing.
    @Test func anOldRegistrationDoesNotReachItsSuccessor() async throws {
        let (actor, driver) = try LoopActor.start()
        let rung = Recorder<String>()
        await actor.keep { loop in
            let bells = Bells()
            let old = Bell()
            old.rung = { rung.note("old") }
            old.ready = { _ in rung.note("old") }
            let stale = loop.registerTimer(old)
            loop.callAgain(stale)
            loop.forget(stale)
            let new = Bell()
            new.rung = { rung.note("new deadline") }
            new.ready = { _ in rung.note("new") }
            let registration = loop.registerTimer(new)
            loop.setDeadline(stale, at: loop.now)
            loop.forget(stale)
            loop.callAgain(registration)
            bells.all = [old, new]
            return bells
        }
        let told = try await blocking { rung.wait(for: 2, seconds: 0.2) }
        #expect(told == ["new"])
        withExtendedLifetime(driver) {}
    }

    @Test func blockingWorkComesBackToTheLoop() async throws {
        let (actor, driver) = try LoopActor.start()
        let pool = BlockingPool(threads: 2)
        let results = Recorder<Int>()
        await actor.run { loop in
            for number in 0..<100 {
                loop.perform(on: pool) {
                    usleep(100)
                    return number
                } done: { value in
                    results.note(value ?? -1)
                }
            }
        }
        let all = try await blocking { results.wait(for: 100) }
        #expect(all.sorted() == Array(0..<100))
        withExtendedLifetime(driver) {}
    }

    @Test func aFullPoolSaysSo() async throws {
        let (actor, driver) = try LoopActor.start()
        let pool = BlockingPool(threads: 1)
        let release = Recorder<Int>()
        let results = Recorder<Int>()
        await actor.run { loop in
            for number in 0..<100 {
                loop.perform(on: pool) {
                    release.wait(for: 1)
                    return number
                } done: { value in
                    results.note(value ?? -1)
                }
            }
        }
        let early = try await blocking { results.wait(for: 35) }
        #expect(early == Array(repeating: -1, count: 35))
        release.note(0)
        let all = try await blocking { results.wait(for: 100) }
        #expect(all.count { $0 == -1 } == 35)
        #expect(all.filter { $0 >= 0 }.sorted() == Array(0..<65))
        withExtendedLifetime(driver) {}
    }

    @Test func nothingWaitsBehindACallThatHangs() async throws {
        let (actor, driver) = try LoopActor.start()
        let pool = BlockingPool(threads: 2)
        let release = Recorder<Int>()
        let results = Recorder<Int>()
        await actor.run { loop in
            for number in 0..<20 {
                loop.perform(on: pool) {
                    if number == 0 { release.wait(for: 1) }
                    return number
                } done: { value in
                    results.note(value ?? -1)
                }
            }
        }
        let early = try await blocking { results.wait(for: 19) }
        #expect(early == Array(1..<20))
        release.note(0)
        let all = try await blocking { results.wait(for: 20) }
        #expect(all.last == 0)
        withExtendedLifetime(driver) {}
    }

    /// A loop that has been busy asks first what is ready, and where nothing is lets events gather.
    @Test func whatComesInAPauseIsHandedOutInOneRound() async throws {
        let pairs = (0..<4).map { _ in
            var ends: [Int32] = [0, 0]
            socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends)
            return (ours: ends[0], theirs: ends[1])
        }
        let seen = Recorder<String>()
        let rounds = Recorder<UInt64>()
        let (actor, driver) = try LoopActor.start()
        try await actor.keep { loop in
            let bells = Bells()
            var hasWorked = false
            for (number, pair) in pairs.enumerated() {
                let bell = Bell()
                bell.registration = try loop.register(connection: pair.ours, bell)
                bell.ready = { [unowned loop, unowned bell] readiness in
                    guard readiness.contains(.readable) else { return }
                    guard number == 0 else {
                        rounds.note(loop.round)
                        return seen.note("\(number)")
                    }
                    if hasWorked { return pairs[1...2].forEach { write($0.theirs, "x", 1) } }
                    hasWorked = true
                    let end = Clock.bootNanoseconds() + 2 * Gathering.window
                    while Clock.bootNanoseconds() < end {}
                    loop.callAgain(bell.registration!)
                }
                bells.all.append(bell)
            }
            var hasPaused = false
            loop.pause = {
                // It may be taken for one that pays, and done again.
                guard !hasPaused else { return }
                hasPaused = true
                seen.note("pause")
                for pair in pairs[1...] { write(pair.theirs, "x", 1) }
            }
            return bells
        }
        write(pairs[0].theirs, "x", 1)
        let order = try await blocking { seen.wait(for: 6) }
        #expect(order.prefix(2).sorted() == ["1", "2"] && order.dropFirst(2).sorted() == ["1", "2", "3", "pause"])
        #expect(order.count == 6 && order[2] == "pause")
        let ofEach = rounds.all
        #expect(ofEach.count == 5 && Set(ofEach.suffix(3)).count == 1 && ofEach[1] < ofEach[2])
        withExtendedLifetime((actor, driver)) {}
        for pair in pairs { close(pair.theirs) }
    }

    /// Jobs from many threads: each wakes the loop, or the one before has.
    @Test func everyCallFromOutsideArrives() async throws {
        let (actor, driver) = try LoopActor.start()
        let count = Recorder<Int>()
        for round in 0..<20 {
            await withTaskGroup { group in
                for number in 0..<50 { group.addTask { await actor.run { _ in count.note(number) } } }
            }
            #expect(count.all.count == (round + 1) * 50)
            // Let it fall asleep now and then: its thread goes back after 50 ms.
            if round % 5 == 0 { try await Task.sleep(for: .milliseconds(70)) }
        }
        withExtendedLifetime(driver) {}
    }

    @Test func farDeadlinesDoNotOverflow() async throws {
        let (actor, driver) = try LoopActor.start()
        let values = await actor.run { loop in [loop.deadline(in: .max), loop.deadline(in: 0) - loop.now] }
        #expect(values == [.max, 0])
        withExtendedLifetime(driver) {}
    }
}
