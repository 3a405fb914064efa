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
    private func expect(_ outcome: SendBuffer.Outcome, of buffer: borrowing SendBuffer) {
        let rest = buffer.isEmpty
        #expect(outcome == (rest ? .sent : .blocked))
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
                expect(outcome, of: buffer)
                wasBlocked = wasBlocked || outcome == .blocked
            case 2:
                let bytes = part(upTo: 300)
                expect(buffer.send(bytes.span, over: &channel), of: buffer)
                given += bytes
            case 3:
                expect(buffer.send(over: &channel), of: buffer)
            default: arrived += take(Int.random(in: 1...10_000, using: &random), from: peer)
            }
        }
        while buffer.send(over: &channel) == .blocked { arrived += take(10_000, from: peer) }
        while true {
            let more = take(10_000, from: peer)
            if more.isEmpty { break }
            arrived += more
        }
        let isSame = arrived == given
        #expect(isSame, "\(arrived.count) of \(given.count) bytes arrived")
        #expect(wasBlocked || given.count < 20_000)
    }

    @Test func whatHasNotLeftCanBeTakenBack() throws {
        let (ours, peer) = try narrowPair()
        var channel = Channel(descriptor: ours)
        defer { close(peer) }
        var buffer = SendBuffer(keptCapacity: 1 << 10)
        buffer.compose { $0 += Array("first".utf8) }
        let mark = buffer.count
        buffer.compose { $0 += Array("second".utf8) }
        buffer.compose { $0.removeSubrange(mark...) }
        expect(buffer.send(over: &channel), of: buffer)
        #expect(take(100, from: peer) == Array("first".utf8))
    }

    @Test func aSecretIsOverwrittenWhenItHasLeft() throws {
        let (ours, peer) = try narrowPair()
        var channel = Channel(descriptor: ours)
        defer { close(peer) }
        var buffer = SendBuffer(keptCapacity: 1 << 10)
        buffer.compose {
            $0.reserveCapacity(64)
            $0 += Array("token-0123456789".utf8)
        }
        buffer.holdsSecret = true
        expect(buffer.send(over: &channel), of: buffer)
        let stillHolds = buffer.holdsSecret
        #expect(!stillHolds)
        // The memory is still ours: what was in it is gone.
        let memory = buffer.release()
        let rest = memory.withUnsafeBufferPointer { UnsafeRawBufferPointer(start: $0.baseAddress, count: 16).map { $0 } }
        #expect(rest == [UInt8](repeating: 0, count: 16))
        _ = take(100, from: peer)
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
