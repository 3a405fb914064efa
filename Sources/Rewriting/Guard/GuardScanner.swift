/// Searches the body of one answer for our secrets, and makes asterisks of what it finds.
///
/// The length stays as it was, so `Content-Length` stays true. What leaves has been searched: bytes that
/// may be the beginning of a secret are held until it is known, never more than two of the longest form of
/// a secret can take with each byte escaped. A piece that ends in nothing of the kind leaves at once, so an
/// event stream is not delayed.
///
/// It is an object so that it can be kept between answers (``IdlePool``) and is changed where it is. One belongs to
/// one event loop at a time.
package final class GuardScanner {
    private var patterns: GuardPatterns
    private var search = GuardSearch()
    private var held: [UInt8] = []

    /// How many times a secret was masked.
    package private(set) var hits = 0

    package init(patterns: GuardPatterns) {
        self.patterns = patterns
    }

    /// Makes ready for another body.
    package func reset() {
        held.removeAll(keepingCapacity: true)
        hits = 0
    }

    package func reset(patterns: GuardPatterns) {
        self.patterns = patterns
        reset()
    }

    package func searches(for patterns: GuardPatterns) -> Bool { self.patterns === patterns }

    /// For as long as it is not in use: secrets that are replaced meanwhile are not to live on in it.
    package func letPatternsGo() { patterns = .none }

    /// Whether bytes are being held.
    package var isHolding: Bool { !held.isEmpty }

    /// Gives the bytes held and those of `input` to `emit`, masked, but for what must be held now.
    ///
    /// Where nothing is held and nothing is found they are given as they came, without copying them.
    ///
    /// - Parameter isLast: whether the body ends with them: then nothing is held. (To look for a secret that the end
    ///   cuts off takes 2,700 instructions, more than the search of 1 KiB.)
    package func scan(_ input: Span<UInt8>, isLast: Bool = false, emit: (Span<UInt8>) -> Void) {
        if held.isEmpty {
            search.run(patterns, input, atEnd: isLast)
            if search.hits.isEmpty {
                let end = search.cutStart
                if end < input.count { held.append(input, end..<input.count) }
                if end > 0 { emit(input.extracting(0..<end)) }
                return
            }
        }
        var output: [UInt8] = []
        scan(input, isLast: isLast, into: &output)
        if !output.isEmpty { emit(output.span) }
    }

    /// Appends to `output` the bytes held and those of `input`, masked, but for what must be held now: nothing, where
    /// they are the last.
    package func scan(_ input: Span<UInt8>, isLast: Bool = false, into output: inout [UInt8]) {
        let start = output.count
        if !held.isEmpty { output.append(contentsOf: held) }
        output.append(input, 0..<input.count)
        let end = mask(&output, from: start, atEnd: isLast)
        held.removeAll(keepingCapacity: true)
        if end < output.count {
            held.append(contentsOf: output[end...])
            output.removeSubrange(end...)
        }
    }

    /// Says that the body has ended; appends what was held.
    package func finish(into output: inout [UInt8]) {
        guard !held.isEmpty else { return }
        let start = output.count
        output.append(contentsOf: held)
        held.removeAll(keepingCapacity: true)
        _ = mask(&output, from: start, atEnd: true)
    }

    /// The same in place, for a caller that keeps the bytes itself: masks secrets in the bytes from `start`
    /// on and returns the index up to which they may leave. The rest has to stand in front of what follows.
    package func mask(_ bytes: inout [UInt8], from start: Int, atEnd: Bool) -> Int {
        let from = min(max(start, 0), bytes.count)
        search.run(patterns, bytes.span.extracting(from...), atEnd: atEnd)
        hits &+= search.hits.count
        for hit in search.hits {
            for index in hit { bytes[from &+ index] = UInt8(ascii: "*") }
        }
        return from &+ search.cutStart
    }
}

extension GuardPatterns {
    /// The first secret in bytes that are all there, such as a head.
    package func firstMatch(in bytes: Span<UInt8>) -> Range<Int>? {
        var search = GuardSearch()
        search.run(self, bytes, atEnd: true)
        return search.hits.min { $0.lowerBound < $1.lowerBound }
    }
}
