import Rewriting
import Secrets
import Testing

/// Machines that are kept for their memory until the next body hold no secrets meanwhile.
@Suite struct KeptMachineTests {
    /// Held by nobody but the machine under test.
    private struct Watched {
        weak var patterns: GuardPatterns?

        mutating func make() -> GuardPatterns {
            let made = GuardPatterns([Secret("a secret of some length")])
            patterns = made
            return made
        }
    }

    @Test func scannersLetGo() {
        var watched = Watched()
        let scanner = GuardScanner(patterns: watched.make())
        #expect(watched.patterns != nil)
        scanner.letPatternsGo()
        #expect(watched.patterns == nil)
    }

    @Test func searchersLetGo() throws {
        var watched = Watched()
        let searcher = try CompressedGuard(patterns: watched.make())
        #expect(watched.patterns != nil)
        searcher.letPatternsGo()
        #expect(watched.patterns == nil)
    }

    @Test func rewritersLetGo() throws {
        var watched = Watched()
        let rewriter = BodyRewriter(bases: UpstreamBases([]))
        try rewriter.begin(.identity, replacement: [UInt8]().span, guardedBy: watched.make())
        #expect(watched.patterns != nil)
        rewriter.letPatternsGo()
        #expect(watched.patterns == nil)
    }
}
