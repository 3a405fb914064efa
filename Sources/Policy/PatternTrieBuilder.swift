/// Builds a ``PatternTrie``; used when a table is loaded, never for a request.
struct PatternTrieBuilder {
    private struct Node {
        var literals: [[UInt8]: Int] = [:]
        var choices: [(literals: [[UInt8]], child: Int)] = []
        var variable: Int?
        var end: Int?
        var rest: Int?
    }

    private var nodes = [Node()]
    private var rows: [MethodRow] = []

    /// Adds a route. One that is added later replaces, method by method, one of the same shape.
    mutating func insert(_ route: Int, _ pattern: MatchPattern, methods: MethodSet) {
        var node = 0
        for segment in pattern.segments {
            switch segment {
            case .literal(let literal):
                node = child(of: node, at: \.literals[literal])
            case .choice:
                guard case .choice(_, let literals) = segment.shape else { continue }
                if let known = nodes[node].choices.first(where: { $0.literals == literals }) {
                    node = known.child
                } else {
                    nodes[node].choices.append((literals, nodes.count))
                    node = nodes.count
                    nodes.append(Node())
                }
            case .variable:
                node = child(of: node, at: \.variable)
            case .rest:
                rows[row(of: node, at: \.rest)].insert(Int32(clamping: route), for: methods)
                return
            }
        }
        rows[row(of: node, at: \.end)].insert(Int32(clamping: route), for: methods)
    }

    private mutating func child(of node: Int, at place: WritableKeyPath<Node, Int?>) -> Int {
        if let child = nodes[node][keyPath: place] { return child }
        nodes[node][keyPath: place] = nodes.count
        nodes.append(Node())
        return nodes.count - 1
    }

    private mutating func row(of node: Int, at place: WritableKeyPath<Node, Int?>) -> Int {
        if let row = nodes[node][keyPath: place] { return row }
        nodes[node][keyPath: place] = rows.count
        rows.append(MethodRow())
        return rows.count - 1
    }

    consuming func build() -> PatternTrie {
        var trie = PatternTrie()
        trie.rows = rows
        for index in trie.rows.indices { trie.rows[index].implyHead() }
        trie.nodes = nodes.map { node in
            PatternTrie.Node(
                variable: Self.index(node.variable), end: Self.index(node.end), rest: Self.index(node.rest))
        }
        let texts = nodes.map { node in
            Set(node.literals.keys).union(node.choices.flatMap(\.literals)).sorted { $0.lexicographicallyPrecedes($1) }
        }
        var size = 2
        while size < 2 * texts.reduce(0, { $0 + $1.count }) { size *= 2 }
        trie.edges = Array(repeating: PatternTrie.Edge(), count: size)
        for (index, node) in nodes.enumerated() {
            // Of several choices that contain a text, the shorter list is the narrower one.
            let choices = node.choices.sorted { $0.literals.count < $1.literals.count }
            for text in texts[index] {
                let children = choices.filter { $0.literals.contains(text) }.map { Int32(clamping: $0.child) }
                let edge = PatternTrie.Edge(
                    node: Int32(clamping: index), textStart: Int32(clamping: trie.text.count),
                    textCount: Int32(clamping: text.count), literal: Self.index(node.literals[text]),
                    firstChoice: Int32(clamping: trie.choices.count), choiceCount: Int32(clamping: children.count))
                trie.text.append(contentsOf: text)
                trie.choices.append(contentsOf: children)
                Self.insert(edge, text, into: &trie.edges)
            }
        }
        return trie
    }

    private static func insert(_ edge: PatternTrie.Edge, _ text: [UInt8], into edges: inout [PatternTrie.Edge]) {
        var hash = SegmentHash(node: edge.node)
        for byte in text { hash.combine(byte) }
        var slot = hash.slot(edges.count - 1)
        while edges[slot].node >= 0 { slot = (slot + 1) & (edges.count - 1) }
        edges[slot] = edge
    }

    private static func index(_ value: Int?) -> Int32 { value.map { Int32(clamping: $0) } ?? -1 }
}
