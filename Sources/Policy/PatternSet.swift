import Wire

/// Patterns of which a request has to match one; in the syntax of the route table's, and matched as those are.
package struct PatternSet: Sendable {
    package let patterns: [MatchPattern]
    private let trie: PatternTrie

    package init(_ patterns: [MatchPattern]) {
        self.patterns = patterns
        var builder = PatternTrieBuilder()
        for (index, pattern) in patterns.enumerated() { builder.insert(index, pattern, methods: pattern.methods) }
        trie = builder.build()
    }

    /// Whether one of them matches. The path must have passed ``CanonicalPath``. Does not allocate.
    package func contains(_ method: Method, _ path: Span<UInt8>) -> Bool {
        var allowed = MethodSet()
        return trie.search(path, slot: MethodSet.slot(of: method), allowed: &allowed) >= 0
    }

    /// As they would be written, with commas between them.
    package var text: String { patterns.map(\.text).joined(separator: ", ") }
}
