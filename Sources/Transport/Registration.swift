/// A handler's place in its event loop. A place is used again; the generation tells the users apart, so
/// that an event of a closed descriptor never reaches its successor.
package struct Registration: Equatable, Sendable {
    let index: UInt32
    let generation: UInt32

    init(index: UInt32, generation: UInt32) {
        self.index = index
        self.generation = generation
    }

    init(tag: UInt64) {
        index = UInt32(truncatingIfNeeded: tag)
        generation = UInt32(truncatingIfNeeded: tag >> 32)
    }

    var tag: UInt64 { UInt64(generation) << 32 | UInt64(index) }
}
