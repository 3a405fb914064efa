import Testing

@testable import Proxy

@Suite struct IdlePoolTests {
    private final class Thing {}

    @Test func objectsThatWorkedAreKeptUpToTheCapacity() {
        var pool = IdlePool<Thing>(capacity: 1)
        #expect(pool.take() == nil)
        let thing = Thing()
        pool.giveBack(thing)
        pool.giveBack(Thing())
        #expect(pool.count == 1)
        #expect(pool.take() === thing)
        #expect(pool.take() == nil)
        pool.giveBack(thing)
        pool.removeAll()
        #expect(pool.take() == nil)
    }

    @Test func buffersComeBackEmptyWithTheirMemory() {
        var idle = IdleBuffers()
        #expect(idle.take().capacity == 0)
        var buffer = [UInt8](repeating: 1, count: 1000)
        buffer.reserveCapacity(2000)
        idle.giveBack(buffer)
        let again = idle.take()
        #expect(again.isEmpty)
        #expect(again.capacity >= 1000)
    }

    @Test func buffersThatHaveGrownLargeAreNotKept() {
        var idle = IdleBuffers()
        idle.giveBack([UInt8](repeating: 1, count: 100_000))
        #expect(idle.take().capacity == 0)
    }

    /// One without memory would be handed out in the place of one that has some.
    @Test func buffersWithoutMemoryAreNotKept() {
        var idle = IdleBuffers()
        idle.giveBack([1, 2, 3])
        idle.giveBack([])
        #expect(idle.take().capacity >= 3)
    }
}
