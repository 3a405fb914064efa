import Compression

/// Takes the body of one answer through what its plan demands: inflate, mask our secrets, rewrite its URLs,
/// deflate. It streams, and holds less than a MiB whatever the body is.
///
/// It is an object so that it can be kept between answers (``IdlePool``) with its buffers and zlib's state,
/// whose set-up costs as much as a small body. One belongs to one event loop at a time.
package final class BodyRewriter {
    private enum Phase {
        case running
        /// The input has ended; output is left.
        case ending
        case ended
    }

    // One step inflates to this many bytes, and a part of them is rewritten at a time: small enough for the
    // first-level cache, and a bound on what a long base can make of many short URLs.
    private static let inflateStep = 32 << 10
    private static let rewriteStep = 16 << 10

    private var rewriter: JSONURLRewriter
    private var scanner: GuardScanner?
    private var plan = RewritePlan.untouched
    private var phase = Phase.ended
    private var inflater: Inflater?
    private var deflater: Deflater?
    // Inflated or copied bytes; those before `plainOffset` are rewritten, those behind `plainEnd` are not
    // yet known to be free of secrets.
    private var plain: [UInt8] = []
    private var plainOffset = 0
    private var plainEnd = 0
    // Rewritten bytes; those before `rewrittenOffset` are deflated.
    private var rewritten: [UInt8] = []
    private var rewrittenOffset = 0

    package init(bases: UpstreamBases) {
        rewriter = JSONURLRewriter(bases: bases)
    }

    /// How many bytes lately came of each compressed one; nil where this body is not compressed.
    package var growth: Int? { plan == .gzip ? inflater?.growth : nil }

    /// How many URLs of this body were given the proxy's base.
    package var replacements: Int { rewriter.replacements }

    /// How many times a secret was masked in this body.
    package var hits: Int { scanner?.hits ?? 0 }

    /// Makes ready for a body.
    /// - Parameters:
    ///   - replacement: the base by which the client reaches the proxy, without a slash at its end.
    ///   - patterns: what to mask; nil when this body is not searched. An untouched body is never searched
    ///     here.
    package func begin(
        _ plan: RewritePlan, replacement: Span<UInt8>, guardedBy patterns: GuardPatterns?,
        limits: InflateLimits = InflateLimits()
    ) throws(RewritingError) {
        self.plan = plan
        phase = .running
        rewriter.reset(replacement: replacement)
        if let patterns, !patterns.isEmpty {
            if let scanner { scanner.reset(patterns: patterns) } else { scanner = GuardScanner(patterns: patterns) }
        } else {
            scanner = nil
        }
        plain.removeAll(keepingCapacity: true)
        rewritten.removeAll(keepingCapacity: true)
        plainOffset = 0
        plainEnd = 0
        rewrittenOffset = 0
        switch plan {
        case .untouched, .identity: break
        case .gzip: try prepareCodecs(limits)
        }
    }

    /// See ``GuardScanner/letPatternsGo()``.
    package func letPatternsGo() { scanner?.letPatternsGo() }

    private func prepareCodecs(_ limits: InflateLimits) throws(RewritingError) {
        do throws(CompressionError) {
            if let inflater { inflater.reset(limits: limits) } else { inflater = try Inflater(.gzip, limits: limits) }
            if let deflater { deflater.reset() } else { deflater = try Deflater(level: 1) }
        } catch {
            throw .bodyMustInflate(error)
        }
    }

    /// Takes `input` from `offset` on and appends to `output` what it becomes, stopping when `limit` bytes or
    /// more were appended: more by at most what one step becomes.
    package func rewrite(
        _ input: Span<UInt8>, from offset: Int = 0, into output: inout [UInt8], limit: Int
    ) throws(RewritingError) -> CodecProgress {
        let from = min(max(offset, 0), input.count)
        switch plan {
        case .untouched:
            output.append(input, from..<input.count)
            return CodecProgress(consumed: input.count &- from, stop: .inputConsumed)
        case .identity:
            return rewriteIdentity(input, from, &output, limit)
        case .gzip:
            return try rewriteGzip(input, from, &output, limit)
        }
    }

    /// Says that the body has ended and appends what is left; true when that is all, else call again.
    package func finish(into output: inout [UInt8], limit: Int) throws(RewritingError) -> Bool {
        switch plan {
        case .untouched:
            return true
        case .identity:
            if case .running = phase { end(&output) }
            phase = .ended
            return true
        case .gzip:
            return try finishGzip(&output, limit)
        }
    }

    // MARK: Identity

    private func rewriteIdentity(
        _ input: Span<UInt8>, _ from: Int, _ output: inout [UInt8], _ limit: Int
    ) -> CodecProgress {
        let start = output.count
        var index = from
        while index < input.count {
            guard output.count &- start < limit else {
                return CodecProgress(consumed: index &- from, stop: .outputFull)
            }
            let step = min(input.count &- index, Self.rewriteStep)
            let part = input.extracting(index..<index &+ step)
            if scanner == nil {
                rewriter.rewrite(part, into: &output)
            } else {
                plain.removeAll(keepingCapacity: true)
                scanner?.scan(part, into: &plain)
                let scanned = plain
                rewriter.rewrite(scanned.span, into: &output)
            }
            index &+= step
        }
        return CodecProgress(consumed: index &- from, stop: .inputConsumed)
    }

    // What the scanner and the rewriter hold leaves, in this order.
    private func end(_ output: inout [UInt8]) {
        if scanner != nil {
            plain.removeAll(keepingCapacity: true)
            scanner?.finish(into: &plain)
            let scanned = plain
            rewriter.rewrite(scanned.span, into: &output)
        }
        rewriter.finish(into: &output)
    }

    // MARK: Gzip

    private func rewriteGzip(
        _ input: Span<UInt8>, _ from: Int, _ output: inout [UInt8], _ limit: Int
    ) throws(RewritingError) -> CodecProgress {
        guard let inflater else { return CodecProgress(consumed: 0, stop: .inputConsumed) }
        let end = output.count &+ max(limit, 0)
        var index = from
        while true {
            guard drain(&output, end) else { return CodecProgress(consumed: index &- from, stop: .outputFull) }
            // What may begin a secret stays in front.
            plain.removeSubrange(0..<plainOffset)
            let progress: CodecProgress
            do throws(CompressionError) {
                progress = try inflater.inflate(input, from: index, into: &plain, limit: Self.inflateStep)
            } catch {
                throw .bodyMustInflate(error)
            }
            index &+= progress.consumed
            plainOffset = 0
            plainEnd = scanner?.mask(&plain, from: 0, atEnd: false) ?? plain.count
            switch progress.stop {
            case .outputFull:
                continue
            case .inputConsumed:
                let drained = drain(&output, end)
                return CodecProgress(consumed: index &- from, stop: drained ? .inputConsumed : .outputFull)
            }
        }
    }

    // Rewrites and deflates what is inflated; false when the output is full before.
    private func drain(_ output: inout [UInt8], _ end: Int) -> Bool {
        while deflateRewritten(&output, end) {
            guard plainOffset < plainEnd else { return true }
            let step = min(plainEnd &- plainOffset, Self.rewriteStep)
            let scanned = plain
            rewriter.rewrite(scanned.span.extracting(plainOffset..<plainOffset &+ step), into: &rewritten)
            plainOffset &+= step
        }
        return false
    }

    private func deflateRewritten(_ output: inout [UInt8], _ end: Int) -> Bool {
        guard let deflater else { return false }
        while rewrittenOffset < rewritten.count {
            guard output.count < end else { return false }
            let waiting = rewritten
            let progress = deflater.deflate(
                waiting.span, from: rewrittenOffset, into: &output, limit: end &- output.count)
            rewrittenOffset &+= progress.consumed
        }
        rewritten.removeAll(keepingCapacity: true)
        rewrittenOffset = 0
        return true
    }

    private func finishGzip(_ output: inout [UInt8], _ limit: Int) throws(RewritingError) -> Bool {
        guard let inflater, let deflater else { return true }
        let full = output.count &+ max(limit, 0)
        guard drain(&output, full) else { return false }
        switch phase {
        case .ended:
            return true
        case .ending:
            break
        case .running:
            do throws(CompressionError) { try inflater.finish() } catch { throw .bodyMustInflate(error) }
            phase = .ending
            plainEnd = scanner?.mask(&plain, from: plainOffset, atEnd: true) ?? plain.count
            guard drain(&output, full) else { return false }
            rewriter.finish(into: &rewritten)
        }
        guard deflateRewritten(&output, full), output.count < full,
            deflater.finish(into: &output, limit: full &- output.count)
        else { return false }
        phase = .ended
        return true
    }
}
