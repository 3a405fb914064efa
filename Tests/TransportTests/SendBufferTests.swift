import Foundation
import TestSupport
import Testing

@testable import Transport

/// A socket whose peer takes little at once, and that peer.
private func narrowPair() throws -> (ours: Int32, peer: Int32) {
    var ends: [Int32] = [0, 0]
    try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0, &ends) == 0)
    var size: Int32 = 4 << 10
    setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &size, socklen_t(MemoryLayout<Int32>.size))
    return (ends[0], ends[1])
}

/// Takes up to `limit` bytes of what has arrived.
private func take(_ limit: Int, from peer: Int32) -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: limit)
    let count = recv(peer, &buffer, limit, 0)
    return Array(buffer.prefix(max(0, count)))
}

@Suite struct SendBufferTests {
    private func check(
        _ outcome: SendBuffer.Outcome, of buffer: borrowing SendBuffer, at place: SourceLocation = #_sourceLocation
    ) {
        let isEmpty = buffer.isEmpty
        #expect(outcome == (isEmpty ? .sent : .blocked), sourceLocation: place)
    }

    /// However what is composed, sent and taken interleave, the peer gets all of it, in its order and once.
    @Test(arguments: 0..<UInt64(60)) func thePeerGetsAllOfItInOrder(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let (ours, peer) = try narrowPair()
        var channel = Channel(descriptor: ours)
        defer { close(peer) }
        var buffer = SendBuffer(keptCapacity: 1 << 10)
        var given: [UInt8] = []
        var arrived: [UInt8] = []
        func part(upTo limit: Int) -> [UInt8] {
            (0..<Int.random(in: 0...limit, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
        }
        var wasBlocked = false
        for _ in 0..<60 {
            switch Int.random(in: 0..<5, using: &random) {
            case 0:
                let bytes = part(upTo: 300)
                buffer.compose { $0 += bytes }
                given += bytes
            case 1:
                let bytes = part(upTo: 20_000)
                let outcome = buffer.send(bytes.span, over: &channel)
                given += bytes
                check(outcome, of: buffer)
                wasBlocked = wasBlocked || outcome == .blocked
            case 2:
                let bytes = part(upTo: 300)
                check(buffer.send(bytes.span, over: &channel), of: buffer)
                given += bytes
            case 3:
                check(buffer.send(over: &channel), of: buffer)
            default: arrived += take(Int.random(in: 1...10_000, using: &random), from: peer)
            }
        }
        // Each round takes what there is, so that at least one byte leaves in the next.
        for _ in 0...given.count where buffer.send(over: &channel) == .blocked { arrived += take(10_000, from: peer) }
        while case let more = take(10_000, from: peer), !more.isEmpty { arrived += more }
        let isSame = arrived == given
        #expect(isSame, "\(arrived.count) of \(given.count) bytes arrived")
        #expect(wasBlocked || given.count < 20_000)
    }

    /// A buffer of which the peer has taken a part, and what has arrived of it.
    private func blocked(_ buffer: inout SendBuffer, over channel: inout Channel, peer: Int32) throws -> [UInt8] {
        let first = [UInt8](repeating: 7, count: 200 << 10)
        buffer.append(first.span)
        let outcome = buffer.send(over: &channel)
        try #require(outcome == .blocked)
        return take(200 << 10, from: peer)
    }

    @Test func whatHasNotLeftCanBeTakenBack() throws {
        let (ours, peer) = try narrowPair()
        var channel = Channel(descriptor: ours)
        defer { close(peer) }
        var buffer = SendBuffer(keptCapacity: 1 << 10)
        var arrived = try blocked(&buffer, over: &channel, peer: peer)
        let mark = buffer.count
        buffer.compose { $0 += Array("second".utf8) }
        buffer.compose { $0.removeSubrange(mark...) }
        buffer.compose { $0 += Array("third".utf8) }
        for _ in 0..<100 where buffer.send(over: &channel) == .blocked { arrived += take(200 << 10, from: peer) }
        while case let more = take(10_000, from: peer), !more.isEmpty { arrived += more }
        let isSame = arrived == [UInt8](repeating: 7, count: 200 << 10) + Array("third".utf8)
        #expect(isSame, "\(arrived.count) bytes arrived")
    }

    enum Way: CaseIterable { case sent, emptied, released, blockedThenReleased, grownThenReleased }

    /// However it leaves the buffer, nothing of it stays in the memory that others compose in next.
    @Test(arguments: Way.allCases) func aSecretIsOverwritten(way: Way) throws {
        let (ours, peer) = try narrowPair()
        var channel = Channel(descriptor: ours)
        defer { close(peer) }
        var buffer = SendBuffer(keptCapacity: 1 << 20)
        buffer.holdsSecret = true
        buffer.append(Array("token-0123456789".utf8).span)
        switch way {
        case .sent: check(buffer.send(over: &channel), of: buffer)
        case .emptied: buffer.empty()
        case .released: break
        case .blockedThenReleased:
            _ = try blocked(&buffer, over: &channel, peer: peer)
            let more = [UInt8](repeating: 8, count: 8 << 10)
            let outcome = buffer.send(more.span, over: &channel)
            #expect([.sent, .blocked].contains(outcome))
        case .grownThenReleased:
            buffer.reserve(8 << 10)
            buffer.append([UInt8](repeating: 8, count: 20 << 10).span)
        }
        let stillHolds = buffer.holdsSecret
        #expect(stillHolds == ![.sent, .emptied].contains(way))
        let memory = buffer.release()
        let forgets = !buffer.holdsSecret
        #expect(forgets)
        try #require(memory.isEmpty && memory.capacity >= 16)
        // The memory is still ours.
        let start = memory.withUnsafeBufferPointer {
            [UInt8](UnsafeRawBufferPointer(start: $0.baseAddress, count: 16))
        }
        #expect(start == [UInt8](repeating: 0, count: 16))
    }

    @Test func memoryBeyondWhatIsKeptGoes() throws {
        var buffer = SendBuffer(keptCapacity: 1 << 10)
        buffer.compose { $0 += [UInt8](repeating: 1, count: 8 << 10) }
        buffer.empty()
        let (rest, capacity) = (buffer.count, buffer.capacity)
        #expect(rest == 0)
        #expect(capacity == 0)
        buffer.use([UInt8](unsafeUninitializedCapacity: 512) { _, count in count = 0 })
        buffer.compose { $0 += [1, 2] }
        buffer.empty()
        let kept = buffer.capacity
        #expect(kept >= 512)
        buffer.compose { $0 += [UInt8](repeating: 1, count: 8 << 10) }
        let released = buffer.release()
        #expect(released.capacity == 0)
    }

    @Test func aPeerThatIsGoneIsAFailure() throws {
        let (ours, peer) = try narrowPair()
        var channel = Channel(descriptor: ours)
        close(peer)
        var buffer = SendBuffer(keptCapacity: 1 << 10)
        let bytes: [UInt8] = [1, 2, 3]
        let first = buffer.send(bytes.span, over: &channel)
        #expect(first == .failed(.system(SystemError(number: EPIPE))))
        buffer.compose { $0 += [1] }
        let second = buffer.send(over: &channel)
        #expect(second == .failed(.system(SystemError(number: EPIPE))))
    }
}
