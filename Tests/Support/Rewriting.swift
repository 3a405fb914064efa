import Rewriting

extension CompressedGuard {
    /// Relays a body that comes in `pieces`.
    ///
    /// - Parameters:
    ///   - work: how much each step may inflate.
    ///   - output: also holds what came through before an error.
    package func relay(
        _ pieces: [[UInt8]], work: @autoclosure () -> Int = 1 << 20, into output: inout [UInt8]
    ) throws(RewritingError) {
        for piece in pieces {
            var from = 0
            while true {
                let progress = try scan(piece.span, from: from, into: &output, work: work())
                from += progress.consumed
                if progress.stop == .inputConsumed { break }
            }
        }
        try finish(into: &output)
    }
}

extension BodyRewriter {
    /// All of the body that was begun, with at most `limit` bytes at a time.
    package func rewriteAll(_ pieces: [[UInt8]], limit: Int = 1 << 16) throws(RewritingError) -> [UInt8] {
        var output: [UInt8] = []
        for piece in pieces {
            var from = 0
            while true {
                let progress = try rewrite(piece.span, from: from, into: &output, limit: limit)
                from += progress.consumed
                if progress.stop == .inputConsumed { break }
            }
        }
        while try !finish(into: &output, limit: limit) {}
        return output
    }
}
