/// Writes the chunked coding (RFC 9112 §7.1).
package enum ChunkWriter {
    /// The line before the data of a chunk. A chunk of no bytes would end the body: it must not be
    /// written this way, and nothing is.
    package static func appendSizeLine(_ count: Int, to output: inout [UInt8]) {
        guard count > 0 else { return }
        output.append(hexadecimal: UInt64(count))
        output.append("\r\n")
    }

    /// What follows the data of a chunk.
    package static func appendDataEnd(to output: inout [UInt8]) {
        output.append("\r\n")
    }

    /// The last chunk and an empty trailer section.
    package static func appendLastChunk(to output: inout [UInt8]) {
        output.append("0\r\n\r\n")
    }

    /// The last chunk and those trailer fields that `isWanted`.
    package static func appendLastChunk(
        _ trailers: borrowing TrailerSection, where isWanted: (FieldLine) -> Bool, to output: inout [UInt8]
    ) {
        output.append("0\r\n")
        HeadWriter.appendFields(trailers.lines, of: trailers.storage.span, to: &output, where: isWanted)
        output.append("\r\n")
    }
}
