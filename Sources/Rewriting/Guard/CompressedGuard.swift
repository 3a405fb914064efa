import Compression

/// Searches a gzip body that is relayed as it came: inflates it beside, and lets compressed bytes go only
/// when what they inflate to was searched. A secret in it cannot be masked, so the answer is cut there.
///
/// It is an object so that it can be kept between answers (``IdlePool``) with zlib's state. One belongs to
/// one event loop at a time.
package final class CompressedGuard {
    private struct Segment {
        /// Compressed bytes.
        var count: Int
        /// How many bytes of the body were inflated when these bytes had been taken.
        var plainEnd: Int
    }

    /// How many compressed bytes may wait for what they inflate to. Their text is shorter than a secret with
    /// each byte escaped, so more of them carry empty blocks only.
    package static let withheldLimit = 256 << 10

    private static let inflateStep = 32 << 10

    private var patterns: GuardPatterns
    private let inflater: Inflater
    private var search = GuardSearch()
    private var plain: [UInt8] = []
    private var withheld: [UInt8] = []
    private var segments: [Segment] = []
    // How many bytes of the body were inflated, and how many of them were searched to their end.
    private var inflatedCount = 0
    private var searchedCount = 0

    package init(patterns: GuardPatterns, limits: InflateLimits = .none) throws(RewritingError) {
        self.patterns = patterns
        do throws(CompressionError) { inflater = try Inflater(.gzip, limits: limits) } catch {
            throw .bodyMustInflate(error)
        }
    }

    /// Makes ready for another body, keeping the memory.
    package func reset(patterns: GuardPatterns, limits: InflateLimits = .none) {
        self.patterns = patterns
        inflater.reset(limits: limits)
        plain.removeAll(keepingCapacity: true)
        withheld.removeAll(keepingCapacity: true)
        segments.removeAll(keepingCapacity: true)
        inflatedCount = 0
        searchedCount = 0
    }

    /// How many bytes lately came of each compressed one.
    package var growth: Int { inflater.growth }

    /// See ``GuardScanner/letPatternsGo()``.
    package func letPatternsGo() { patterns = .none }

    /// Takes `input` from `offset` on and appends those compressed bytes to `output` that may leave. Stops
    /// when at least `work` bytes were inflated, so that one piece of input cannot keep an event loop for
    /// long; then call again with the rest.
    ///
    /// After an error nothing more may leave: the client's connection is to be cut.
    package func scan(
        _ input: Span<UInt8>, from offset: Int = 0, into output: inout [UInt8], work: Int = 4 << 20
    ) throws(RewritingError) -> CodecProgress {
        let from = min(max(offset, 0), input.count)
        let workEnd = inflatedCount.addingReportingOverflow(max(work, 1))
        var index = from
        while true {
            let before = plain.count
            let progress: CodecProgress
            do throws(CompressionError) {
                progress = try inflater.inflate(input, from: index, into: &plain, limit: Self.inflateStep)
            } catch {
                throw .bodyMustInflate(error)
            }
            withheld.append(input, index..<index &+ progress.consumed)
            index &+= progress.consumed
            inflatedCount &+= plain.count &- before
            segments.append(Segment(count: progress.consumed, plainEnd: inflatedCount))
            try searchPlain(atEnd: false)
            release(into: &output)
            guard withheld.count <= Self.withheldLimit else { throw .withheldBytesMustBeBounded }
            switch progress.stop {
            case .inputConsumed: return CodecProgress(consumed: index &- from, stop: .inputConsumed)
            case .outputFull:
                if !workEnd.overflow, inflatedCount >= workEnd.partialValue {
                    return CodecProgress(consumed: index &- from, stop: .outputFull)
                }
            }
        }
    }

    /// Says that the body has ended; appends what was withheld.
    package func finish(into output: inout [UInt8]) throws(RewritingError) {
        do throws(CompressionError) { try inflater.finish() } catch { throw .bodyMustInflate(error) }
        try searchPlain(atEnd: true)
        output.append(contentsOf: withheld)
        withheld.removeAll(keepingCapacity: true)
        segments.removeAll(keepingCapacity: true)
    }

    private func searchPlain(atEnd: Bool) throws(RewritingError) {
        do {
            let searched = plain
            search.run(patterns, searched.span, atEnd: atEnd)
        }
        guard search.hits.isEmpty else { throw .secretMustNotReturn }
        plain.removeSubrange(0..<search.cutStart)
        searchedCount = inflatedCount &- plain.count
    }

    private func release(into output: inout [UInt8]) {
        guard let last = segments.last else { return }
        if last.plainEnd <= searchedCount {
            output.append(contentsOf: withheld)
            withheld.removeAll(keepingCapacity: true)
            segments.removeAll(keepingCapacity: true)
            return
        }
        let kept = segments.firstIndex { $0.plainEnd > searchedCount } ?? segments.endIndex
        guard kept > 0 else { return }
        let count = segments[..<kept].reduce(0) { $0 &+ $1.count }
        output.append(contentsOf: withheld[..<count])
        withheld.removeSubrange(..<count)
        segments.removeSubrange(..<kept)
    }
}
