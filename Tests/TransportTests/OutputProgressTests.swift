import Foundation
import TestSupport
import Testing

@testable import Transport

@Suite struct OutputProgressTests {
    @Test func whoTakesNothingHasBothHalves() {
        var progress = OutputProgress()
        #expect(progress.goesOn(taken: 7, least: 1) == true)
        #expect(progress.goesOn(taken: 7, least: 1) == false)
    }

    @Test func whoTakesEnoughGoesOn() {
        var progress = OutputProgress()
        for taken in stride(from: 0, to: 100_000, by: 100) as StrideTo<UInt64> {
            #expect(progress.goesOn(taken: taken, least: 100) == true)
        }
        #expect(progress.goesOn(taken: 99_999, least: 100) == false)
    }

    @Test func oneByteIsTheLeast() {
        var progress = OutputProgress()
        #expect(progress.goesOn(taken: 0, least: 0) == true)
        #expect(progress.goesOn(taken: 0, least: 0) == false)
        progress.begin()
        #expect(progress.goesOn(taken: 0, least: 0) == true)
        #expect(progress.goesOn(taken: 1, least: 0) == true)
    }

    /// What is acknowledged is told of TCP, and nothing of other sockets.
    @Test func whatTheKernelTells() throws {
        let server = try ScriptedServer { peer, _ in _ = try peer.readExactly(1000) }
        let peer = try Peer(connectingTo: server.port)
        let own = dup(peer.descriptor)
        let channel = Channel(descriptor: own)
        let before = channel.acknowledged
        try peer.send([UInt8](repeating: 0, count: 1000))
        let isTold = eventually { channel.acknowledged >= before + 1000 }
        #expect(isTold)
        server.stop()
    }
}
