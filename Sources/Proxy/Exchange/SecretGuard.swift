import Rewriting

/// The secrets no answer may hold, on one event loop: those of every configuration that is still in use.
final class SecretGuard {
    private(set) var patterns = GuardPatterns([])
    /// Secrets masked in heads since the loop began.
    private(set) var hits = 0
    private var headScanner = GuardScanner(patterns: GuardPatterns([]))

    /// From here on these secrets are looked for.
    func guardAgainst(_ patterns: GuardPatterns) {
        self.patterns = patterns
        headScanner = GuardScanner(patterns: patterns)
    }

    /// Masks secrets in what was written of a head from `start` on.
    func mask(_ output: inout [UInt8], from start: Int) {
        guard !patterns.isEmpty else { return }
        let before = headScanner.hits
        _ = headScanner.mask(&output, from: start, atEnd: true)
        hits &+= headScanner.hits &- before
    }
}
