import Compression

/// Compression for ``SandboxSettings/gzip``.
package enum Gzip {
    /// The bytes as one gzip member; nil where memory runs out.
    @Sendable package static func compress(_ bytes: [UInt8]) -> [UInt8]? {
        guard let deflater = try? Deflater() else { return nil }
        var output: [UInt8] = []
        var offset = 0
        while offset < bytes.count {
            let progress = deflater.deflate(bytes.span, from: offset, into: &output, limit: step)
            guard progress.consumed > 0 || progress.stop == .outputFull else { return nil }
            offset += progress.consumed
        }
        while !deflater.finish(into: &output, limit: step) {}
        return output
    }

    /// What can be read of the beginning of a gzip body, whatever becomes of it behind that.
    package static func inflatePrefix(_ bytes: [UInt8]) -> [UInt8] {
        guard let inflater = try? Inflater(.gzip, limits: .none) else { return [] }
        var output: [UInt8] = []
        var offset = 0
        while offset < bytes.count, output.count < step {
            guard let progress = try? inflater.inflate(bytes.span, from: offset, into: &output, limit: step),
                progress.consumed > 0
            else { break }
            offset += progress.consumed
        }
        return output
    }

    /// Written in one call at the most, in bytes.
    private static let step = 64 << 10
}
