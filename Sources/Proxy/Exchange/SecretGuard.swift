import Rewriting

/// The secrets no answer may hold, on one event loop: those of every configuration that is still in use.
final class SecretGuard {
    private(set) var patterns = GuardPatterns.none
    /// Secrets masked in heads since the loop began.
    private(set) var hits = 0
    private let headScanner = GuardScanner(patterns: .none)
    /// For bodies. All of them search for ``patterns``.
    private var scanners = IdlePool<GuardScanner>(capacity: 64)

    /// From here on these secrets are looked for.
    func guardAgainst(_ patterns: GuardPatterns) {
        self.patterns = patterns
        headScanner.reset(patterns: patterns)
        // Secrets that are replaced are not to live on in them.
        scanners.removeAll()
    }

    /// Masks secrets in what was written of a head from `start` on.
    func mask(_ output: inout [UInt8], from start: Int) {
        let before = headScanner.hits
        _ = headScanner.mask(&output, from: start, atEnd: true)
        hits &+= headScanner.hits &- before
    }

    /// For the body of one answer.
    func scanner() -> GuardScanner { scanners.take() ?? GuardScanner(patterns: patterns) }

    func giveBack(_ scanner: GuardScanner) {
        guard scanner.searches(for: patterns) else { return }
        scanner.reset()
        scanners.giveBack(scanner)
    }
}
