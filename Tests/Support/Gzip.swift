import Compression

package func gzip(_ bytes: [UInt8], level: Int = 6) throws(CompressionError) -> [UInt8] {
    let deflater = try Deflater(level: level)
    var output: [UInt8] = []
    var from = 0
    while from < bytes.count {
        from += deflater.deflate(bytes.span, from: from, into: &output, limit: 1 << 16).consumed
    }
    while !deflater.finish(into: &output, limit: 1 << 16) {}
    return output
}

package func gunzip(_ bytes: [UInt8], limits: InflateLimits = .none) throws(CompressionError) -> [UInt8] {
    try Inflater(.gzip, limits: limits).inflateAll([bytes])
}

/// What a reader makes of a gzip body that was cut or damaged.
package func gunzippedBeginning(_ bytes: [UInt8], limits: InflateLimits = .none) throws(CompressionError) -> [UInt8] {
    let inflater = try Inflater(.gzip, limits: limits)
    var output: [UInt8] = []
    try? inflater.inflate([bytes], step: 1 << 16, into: &output)
    return output
}

extension Inflater {
    /// All of a body that comes in `pieces`, with at most `step` bytes at a time.
    package func inflateAll(_ pieces: [[UInt8]], step: Int = 1 << 16) throws(CompressionError) -> [UInt8] {
        var output: [UInt8] = []
        try inflate(pieces, step: step, into: &output)
        try finish()
        return output
    }

    fileprivate func inflate(_ pieces: [[UInt8]], step: Int, into output: inout [UInt8]) throws(CompressionError) {
        for piece in pieces {
            var from = 0
            while true {
                let progress = try inflate(piece.span, from: from, into: &output, limit: step)
                from += progress.consumed
                if progress.stop == .inputConsumed { break }
            }
        }
    }
}
