import Foundation
import TestSupport
import Testing

@testable import Transport

private let loopback: UInt32 = 0x7F00_0001

private func address(_ port: UInt16) -> SocketAddress { .ipv4(loopback, port: port) }

@Suite(.serialized) struct ListenerTests {
    @Test func portZeroBecomesARealOne() throws {
        let listener = try Listener(bindingTo: address(0))
        #expect((listener.address.port ?? 0) > 0)
        #expect(listener.address.isLoopback)
    }

    @Test func aTakenPortIsAnError() throws {
        let listener = try Listener(bindingTo: address(0))
        #expect(throws: SystemError.addressInUse) { try Listener(bindingTo: listener.address) }
    }

    @Test func aForeignAddressIsAnError() {
        let error = #expect(throws: SystemError.self) { try Listener(bindingTo: .ipv4(0xC000_0201, port: 0)) }
        #expect(error?.isAddressMissing == true)
    }

    @Test func ipv6IsForIPv6Only() throws {
        guard let six = try? Listener(bindingTo: .ipv6(high: 0, low: 1, scope: 0, port: 0)) else {
            print("skipped: no IPv6 here")
            return
        }
        let port = try #require(six.address.port)
        // The same port for IPv4 is somebody else's.
        let any = try Listener(bindingTo: .ipv6(high: 0, low: 0, scope: 0, port: 0))
        _ = try Listener(bindingTo: .ipv4(0, port: any.address.port ?? 0))
        #expect(throws: SystemError.addressInUse) {
            try Listener(bindingTo: .ipv6(high: 0, low: 1, scope: 0, port: port))
        }
    }

    @Test func aPathThatIsTooLongIsAnErrorAndNoDescriptorStays() {
        let path = String(repeating: "p", count: 300)
        #expect(throws: SystemError.self) { try Listener(bindingTo: .unix(path: path)) }
    }

    @Test func nothingWaitingIsNone() throws {
        let listener = try Listener(bindingTo: address(0))
        guard case .none = listener.accept() else {
            Issue.record("there is nobody")
            return
        }
    }
}

@Suite(.serialized) struct DialerTests {
    /// Dials and gives the outcome in words; `Dialer.Connected`'s descriptor is closed.
    private func dial(_ addresses: [SocketAddress], limit: Int64 = 10_000_000_000) async throws -> (String, Double) {
        let (actor, driver) = try LoopActor.start()
        let outcome = Recorder<String>()
        let began = Date()
        await actor.keep { loop in
            Dialer(loop: loop, addresses: addresses, limit: loop.deadline(in: limit)) { result in
                switch result {
                case .success(let connected):
                    close(connected.descriptor)
                    outcome.note("\(connected.address)")
                case .failure(let error): outcome.note("\(error.number)")
                }
            }
        }
        let all = try await blocking { () -> [String] in
            outcome.wait(for: 1)
            return outcome.wait(for: 2, seconds: 0.05)
        }
        await actor.drop()
        withExtendedLifetime(driver) {}
        #expect(all.count == 1, "told once: \(all)")
        return (all.first ?? "nothing", Date().timeIntervalSince(began))
    }

    /// An address whose connection attempts are never answered: a listener with a full queue.
    private func silent() throws -> (UInt16, [Peer], Int32) {
        let (listener, port) = try ScriptedServer.listen(backlog: 0)
        var fillers: [Peer] = []
        for _ in 0..<4 {
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | O_NONBLOCK, 0)
            _ = address(port).withSystemAddress { connect(descriptor, $0, $1) }
            fillers.append(Peer(adopting: descriptor))
        }
        return (port, fillers, listener)
    }

    @Test func oneThatAnswers() async throws {
        let (listener, port) = try ScriptedServer.listen(backlog: 5)
        defer { close(listener) }
        #expect(try await dial([address(port)]).0 == "127.0.0.1:\(port)")
    }

    /// A host that has vanished is noticed by what it does not acknowledge, and by its silence.
    @Test func theKernelIsToldToNoticeAHostThatVanishes() async throws {
        let (listener, port) = try ScriptedServer.listen(backlog: 5)
        defer { close(listener) }
        let (actor, driver) = try LoopActor.start()
        let values = Recorder<Int32>()
        await actor.keep { loop in
            Dialer(loop: loop, addresses: [address(port)], limit: .max) { result in
                guard case .success(let connected) = result else { return }
                for (level, option) in [
                    (SOL_SOCKET, SO_KEEPALIVE), (Int32(IPPROTO_TCP), TCP_USER_TIMEOUT), (Int32(IPPROTO_TCP), TCP_KEEPIDLE),
                    (Int32(IPPROTO_TCP), TCP_KEEPINTVL), (Int32(IPPROTO_TCP), TCP_KEEPCNT),
                ] {
                    var value: Int32 = 0
                    var length = socklen_t(MemoryLayout<Int32>.size)
                    getsockopt(connected.descriptor, level, option, &value, &length)
                    values.note(value)
                }
                close(connected.descriptor)
            }
        }
        let all = try await blocking { values.wait(for: 5) }
        #expect(all == [1, 20_000, 10, 2, 4])
        await actor.drop()
        withExtendedLifetime(driver) {}
    }

    @Test func aRefusalLetsTheNextBeginAtOnce() async throws {
        let (listener, port) = try ScriptedServer.listen(backlog: 5)
        defer { close(listener) }
        let refused = try ScriptedServer.closedPort()
        let (outcome, seconds) = try await dial(
            [SocketAddress](repeating: address(refused), count: 12) + [address(port)])
        #expect(outcome == "127.0.0.1:\(port)")
        #expect(seconds < 2.5, "twelve delays are three seconds")
    }

    @Test func allRefused() async throws {
        let refused = try ScriptedServer.closedPort()
        #expect(try await dial([address(refused), address(refused)]).0 == "\(ECONNREFUSED)")
        #expect(
            try await dial([.ipv6(high: 0, low: 1, scope: 0, port: refused), address(refused)]).0 == "\(ECONNREFUSED)")
    }

    @Test func noAddressAtAll() async throws { #expect(try await dial([]).0 == "\(ECONNREFUSED)") }

    @Test func aSilentOneDelaysTheNextByAQuarterOfASecond() async throws {
        let (silentPort, fillers, silentListener) = try silent()
        let (listener, port) = try ScriptedServer.listen(backlog: 5)
        let (outcome, seconds) = try await dial([address(silentPort), address(port)])
        #expect(outcome == "127.0.0.1:\(port)")
        #expect(seconds > 0.2)
        withExtendedLifetime(fillers) {}
        close(listener)
        close(silentListener)
    }

    @Test func allSilentTimesOut() async throws {
        let (port, fillers, listener) = try silent()
        let (outcome, seconds) = try await dial([address(port), address(port)], limit: 400_000_000)
        #expect(outcome == "\(ETIMEDOUT)")
        #expect(seconds >= 0.35)
        withExtendedLifetime(fillers) {}
        close(listener)
    }

    @Test func whoCancelsIsNotTold() async throws {
        let (listener, port) = try ScriptedServer.listen(backlog: 5)
        let (actor, driver) = try LoopActor.start()
        let outcome = Recorder<Int>()
        await actor.keep { loop in
            let dialer = Dialer(loop: loop, addresses: [address(port)], limit: .max) { _ in outcome.note(0) }
            dialer.cancel()
            return dialer
        }
        let told = try await blocking { outcome.wait(for: 1, seconds: 0.2) }
        #expect(told == [])
        #expect(openSockets(onPort: port) == 1)
        close(listener)
        withExtendedLifetime(driver) {}
    }
}

private final class Greeter {
    var acceptor: Acceptor?
    var taken: [Int32] = []
    deinit { for descriptor in taken { close(descriptor) } }
}

@Suite(.serialized) struct AcceptorTests {
    @Test func manyAtOnceAreAllTaken() async throws {
        let listener = try Listener(bindingTo: address(0))
        let (actor, driver) = try LoopActor.start()
        let peers = Recorder<UInt16>()
        try await actor.keep { loop in
            let greeter = Greeter()
            greeter.acceptor = try Acceptor(listener: listener, loop: loop) { [unowned greeter] descriptor, peer in
                greeter.taken.append(descriptor)
                peers.note(peer?.port ?? 0)
            }
            return greeter
        }
        let port = listener.address.port ?? 0
        // More than one round takes.
        let clients = try await blocking { try (0..<300).map { _ in try Peer(connectingTo: port) } }
        let seen = try await blocking { peers.wait(for: 300) }
        #expect(Set(seen).count == 300 && !seen.contains(0))
        await actor.use(Greeter.self) { $0.acceptor?.stop() }
        await actor.drop()
        withExtendedLifetime((driver, clients)) {}
    }

    /// Clients that wait to be taken: who says nothing comes in a second late.
    private func speaking(_ count: Int, on port: UInt16) async throws -> [Peer] {
        try await blocking {
            try (0..<count).map { _ in
                let client = try Peer(connectingTo: port)
                try client.send("x")
                return client
            }
        }
    }

    /// So that none is asked for that is not there, as long as they come no faster.
    @Test func thoseWhoWaitAreTakenOneByOneAndThenTogether() async throws {
        let listener = try Listener(bindingTo: address(0))
        let port = listener.address.port ?? 0
        let clients = try await speaking(300, on: port)
        let (actor, driver) = try LoopActor.start()
        let rounds = Recorder<UInt64>()
        try await actor.keep { loop in
            let greeter = Greeter()
            greeter.acceptor = try Acceptor(listener: listener, loop: loop) { [unowned greeter] descriptor, _ in
                greeter.taken.append(descriptor)
                rounds.note(loop.round)
            }
            return greeter
        }
        let taken = try await blocking { rounds.wait(for: 300) }
        #expect(Set(taken.prefix(16)).count == 16)
        #expect(Set(taken).count < 40)
        #expect(Dictionary(grouping: taken) { $0 }.values.allSatisfy { $0.count <= 64 })
        await actor.use(Greeter.self) { $0.acceptor?.stop() }
        await actor.drop()
        withExtendedLifetime((driver, clients)) {}
    }

    #if os(Linux)
        @Test func whoSaysNothingIsTakenASecondLater() throws {
            let listener = try Listener(bindingTo: address(0))
            let client = try Peer(connectingTo: listener.address.port ?? 0)
            let began = Clock.bootNanoseconds()
            let isTaken = eventually(seconds: 10) {
                guard case .connection(let descriptor, _) = listener.accept() else { return false }
                close(descriptor)
                return true
            }
            #expect(isTaken && Clock.bootNanoseconds() - began > 500_000_000)
            withExtendedLifetime(client) {}
        }
    #endif

    /// At the end of a listener nobody is cut off who has come and waits.
    @Test func allThatWaitAreTakenAtTheEnd() async throws {
        let listener = try Listener(bindingTo: address(0))
        let port = listener.address.port ?? 0
        let clients = try await speaking(100, on: port)
        let (actor, driver) = try LoopActor.start()
        let taken = Recorder<Int32>()
        try await actor.keep { loop in
            let greeter = Greeter()
            greeter.acceptor = try Acceptor(listener: listener, loop: loop) { [unowned greeter] descriptor, _ in
                greeter.taken.append(descriptor)
                taken.note(descriptor)
            }
            greeter.acceptor?.takeWaiting()
            greeter.acceptor?.stop()
            return greeter
        }
        #expect(taken.all.count == 100)
        await actor.drop()
        withExtendedLifetime((driver, clients)) {}
    }

    @Test func aPauseLeavesThemInTheKernel() async throws {
        let listener = try Listener(bindingTo: address(0))
        let (actor, driver) = try LoopActor.start()
        let taken = Recorder<Int32>()
        try await actor.keep { loop in
            let greeter = Greeter()
            greeter.acceptor = try Acceptor(listener: listener, loop: loop) { [unowned greeter] descriptor, _ in
                greeter.taken.append(descriptor)
                if greeter.taken.count == 3 { greeter.acceptor?.pause() }
                taken.note(descriptor)
            }
            return greeter
        }
        let port = listener.address.port ?? 0
        let clients = try await blocking { try (0..<10).map { _ in try Peer(connectingTo: port) } }
        let before = try await blocking { () -> Int in
            taken.wait(for: 3)
            return taken.wait(for: 4, seconds: 0.15).count
        }
        #expect(before == 3)
        await actor.use(Greeter.self) { greeter in
            greeter.acceptor?.resume()
            greeter.acceptor?.resume()
        }
        let after = try await blocking { taken.wait(for: 10).count }
        #expect(after == 10)
        await actor.use(Greeter.self) { $0.acceptor?.stop() }
        await actor.drop()
        withExtendedLifetime((driver, clients)) {}
    }
}

/// A channel over a pair of connected sockets. (What cannot be copied is looked into outside of macros.)
@Suite struct ChannelTests {
    private static func pair() -> (Int32, Peer) {
        var ends: [Int32] = [0, 0]
        socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends)
        _ = fcntl(ends[0], F_SETFL, fcntl(ends[0], F_GETFL) | O_NONBLOCK)
        return (ends[0], Peer(adopting: ends[1]))
    }

    private func read(_ channel: inout Channel, _ size: Int = 100) -> Channel.Outcome {
        var buffer = [UInt8](repeating: 0, count: size)
        return buffer.withUnsafeMutableBytes { channel.read(into: $0) }
    }

    @Test func aShortReadMeansDrained() throws {
        let (descriptor, peer) = Self.pair()
        var channel = Channel(descriptor: descriptor)
        #expect(read(&channel) == .blocked)
        try peer.send("hello")
        #expect(read(&channel, 3) == .bytes(3))
        let isDrained = channel.isDrained
        #expect(!isDrained)
        #expect(read(&channel) == .bytes(2))
        let isDrainedNow = channel.isDrained
        #expect(isDrainedNow)
    }

    /// An end that was reported with the bytes before it must be read up to.
    @Test func aShortReadBeforeAnEndIsNotDrained() throws {
        let (descriptor, peer) = Self.pair()
        var channel = Channel(descriptor: descriptor)
        try peer.send("hello")
        peer.finishSending()
        channel.note([.readable, .peerFinished])
        let isEndNear = channel.isEndNear
        #expect(isEndNear)
        #expect(read(&channel) == .bytes(5))
        let isDrained = channel.isDrained
        #expect(!isDrained)
        #expect(read(&channel) == .ended)
    }

    @Test func twoPartsGoAsOne() throws {
        let (descriptor, peer) = Self.pair()
        var channel = Channel(descriptor: descriptor)
        let one = Array("one".utf8)
        let two = Array("two".utf8)
        let outcome = one.withUnsafeBytes { one in two.withUnsafeBytes { channel.write(one, $0) } }
        #expect(outcome == .bytes(6))
        #expect(try peer.readText(6) == "onetwo")
        let empty = [UInt8]().withUnsafeBytes { empty in two.withUnsafeBytes { channel.write(empty, $0) } }
        #expect(empty == .bytes(3))
    }

    @Test func aFullSocketBlocksAndAGonePeerFails() throws {
        let (descriptor, peer) = Self.pair()
        var channel = Channel(descriptor: descriptor)
        let block = [UInt8](repeating: 0, count: 64 << 10)
        var last = Channel.Outcome.bytes(1)
        while case .bytes = last { last = block.withUnsafeBytes { channel.write($0) } }
        #expect(last == .blocked)
        peer.close()
        let failed = block.withUnsafeBytes { channel.write($0) }
        #expect(failed == .failed(.system(SystemError(number: EPIPE))))
    }

    #if os(Linux)
        /// A peer with hardly any room says so before it has been sent anything; and the kernel takes no more for it
        /// than it is told to, where it would take megabytes.
        @Test(arguments: [true, false]) func thePeersRoomIsKnownAndWhatWaitsForItIsLimited(isNarrow: Bool) throws {
            let listener = try Listener(bindingTo: address(0))
            let peer = try Peer(connectingTo: listener.address.port ?? 0, receiveBuffer: isNarrow ? 2048 : nil)
            var accepted: Int32 = -1
            let isThere = eventually {
                if case .connection(let descriptor, _) = listener.accept() { accepted = descriptor }
                return accepted >= 0
            }
            try #require(isThere)
            var channel = Channel(descriptor: accepted)
            let window = channel.peerWindow ?? -1
            #expect(isNarrow ? window < 4096 : window > 32 << 10)
            if isNarrow { channel.limitUnsent(16 << 10) }
            let block = [UInt8](repeating: 0, count: 8 << 10)
            var taken = 0
            while taken < 16 << 20, case .bytes(let count) = block.withUnsafeBytes({ channel.write($0) }) { taken += count }
            #expect(isNarrow ? taken < 64 << 10 : taken > 256 << 10)
            channel.limitUnsent(0)
            if isNarrow {
                while taken < 16 << 20, case .bytes(let count) = block.withUnsafeBytes({ channel.write($0) }) { taken += count }
                #expect(taken > 256 << 10)
            }
            withExtendedLifetime(peer) {}
        }

        @Test func oneWithoutTCPTellsNothing() {
            let (descriptor, peer) = Self.pair()
            let channel = Channel(descriptor: descriptor)
            let window = channel.peerWindow
            #expect(window == nil)
            peer.close()
        }
    #endif

    @Test func closingIsOnce() throws {
        let (descriptor, peer) = Self.pair()
        do {
            var channel: Channel? = Channel(descriptor: descriptor)
            channel?.finishWriting()
            channel = nil
        }
        #expect(peer.readToEnd().end == .finished)
    }
}
