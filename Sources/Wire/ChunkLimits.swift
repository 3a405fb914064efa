/// What is taken besides data in a chunked body. All counts are bytes but ``trailerFields``.
package struct ChunkLimits: Equatable, Sendable {
    /// The extensions of one chunk. Nobody is known to use any over HTTP; a short one does no harm.
    package var extensionPerChunk: Int
    /// All extensions of a body: they cost work and carry nothing.
    package var extensionsInTotal: Int
    /// The trailer section with the empty line that ends it.
    package var trailers: Int
    /// Field lines in the trailer section.
    package var trailerFields: Int

    package init(
        extensionPerChunk: Int = 128, extensionsInTotal: Int = 4_096, trailers: Int = 8_192,
        trailerFields: Int = 32
    ) {
        self.extensionPerChunk = extensionPerChunk
        self.extensionsInTotal = extensionsInTotal
        self.trailers = trailers
        self.trailerFields = trailerFields
    }

    package static let standard = ChunkLimits()
}
