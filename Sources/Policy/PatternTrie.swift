/// Patterns by their segments, for finding the most specific one of a path.
///
/// A tree in flat arrays. At each node a segment is tried as a literal, as a choice, as a variable,
/// as the rest: in that order, going back when what follows does not fit. Each node is visited at most
/// once for a path (its depth says which segment it judges), so going back cannot blow up; the literals
/// of all nodes share one hash table, so a node with a thousand of them costs what one with two does.
struct PatternTrie: Sendable {
    struct Node: Sendable {
        var variable: Int32 = -1
        /// Index in ``rows`` of the patterns that end here.
        var end: Int32 = -1
        /// Index in ``rows`` of the patterns whose rest begins here.
        var rest: Int32 = -1
    }

    /// Where a segment's text leads from a node: the table's entries, open addressing.
    struct Edge: Sendable {
        var node: Int32 = -1
        var textStart: Int32 = 0
        var textCount: Int32 = 0
        var literal: Int32 = -1
        /// A run of ``choices``: the children whose choices contain the text.
        var firstChoice: Int32 = 0
        var choiceCount: Int32 = 0
    }

    var nodes: [Node] = [Node()]
    /// A power of two of them, at most half in use.
    var edges: [Edge] = [Edge(), Edge()]
    var text: [UInt8] = []
    var choices: [Int32] = []
    var rows: [MethodRow] = []

    /// One level of the walk: a node, the segment it judges, and which way to try next.
    private struct Level {
        var node: Int32 = 0
        var edge: Int32 = -1
        var end: Int32 = 0
        var next: Int32 = 0
    }

    /// The most specific route of that path that has the method (`nil`: one no route can name), or -1;
    /// then `allowed` has gained the methods of every route of that path.
    func search(_ path: Span<UInt8>, slot: Int?, allowed: inout MethodSet) -> Int32 {
        guard !path.isEmpty, path[0] == UInt8(ascii: "/"), path.count <= Int(Int32.max) else { return -1 }
        // One slash at the end is no segment.
        let end = path[path.count &- 1] == UInt8(ascii: "/") ? path.count &- 1 : path.count
        guard end > 0 else { return route(nodes[0].end, slot, &allowed) }
        guard path[1] != UInt8(ascii: "/") else { return -1 }

        var levels = InlineArray<17, Level>(repeating: Level())
        levels[0] = enter(0, path, from: 1, to: end)
        var depth = 0
        while depth >= 0 {
            let level = levels[depth]
            levels[depth].next = level.next &+ 1
            let choiceCount = level.edge >= 0 ? edges[Int(level.edge)].choiceCount : 0
            let child: Int32
            if level.next == 0 {
                child = level.edge >= 0 ? edges[Int(level.edge)].literal : -1
            } else if level.next <= choiceCount {
                child = choices[Int(edges[Int(level.edge)].firstChoice &+ level.next &- 1)]
            } else if level.next == choiceCount &+ 1 {
                child = nodes[Int(level.node)].variable
            } else {
                let found = route(nodes[Int(level.node)].rest, slot, &allowed)
                if found >= 0 { return found }
                depth &-= 1
                continue
            }
            guard child >= 0 else { continue }
            if Int(level.end) >= end {
                let found = route(nodes[Int(child)].end, slot, &allowed)
                if found >= 0 { return found }
                continue
            }
            let start = Int(level.end) &+ 1
            guard start < end, path[start] != UInt8(ascii: "/"), depth &+ 1 < levels.count else { continue }
            depth &+= 1
            levels[depth] = enter(child, path, from: start, to: end)
        }
        return -1
    }

    private func route(_ row: Int32, _ slot: Int?, _ allowed: inout MethodSet) -> Int32 {
        guard row >= 0 else { return -1 }
        if let slot {
            let route = rows[Int(row)][slot]
            if route >= 0 { return route }
        }
        allowed.formUnion(rows[Int(row)].methods)
        return -1
    }

    /// Measures the segment that begins at `start` and looks its text up at the node.
    private func enter(_ node: Int32, _ path: Span<UInt8>, from start: Int, to end: Int) -> Level {
        var hash = SegmentHash(node: node)
        var index = start
        while index < end, path[index] != UInt8(ascii: "/") {
            hash.combine(path[index])
            index &+= 1
        }
        return Level(
            node: node, edge: edge(at: node, path, start..<index, hash), end: Int32(truncatingIfNeeded: index))
    }

    private func edge(at node: Int32, _ path: Span<UInt8>, _ segment: Range<Int>, _ hash: SegmentHash) -> Int32 {
        let mask = edges.count &- 1
        var slot = hash.slot(mask)
        while edges[slot].node >= 0 {
            let edge = edges[slot]
            if edge.node == node, Int(edge.textCount) == segment.count, isText(of: edge, path, segment.lowerBound) {
                return Int32(truncatingIfNeeded: slot)
            }
            slot = (slot &+ 1) & mask
        }
        return -1
    }

    private func isText(of edge: Edge, _ path: Span<UInt8>, _ start: Int) -> Bool {
        for offset in 0..<Int(edge.textCount) where text[Int(edge.textStart) &+ offset] != path[start &+ offset] {
            return false
        }
        return true
    }
}

/// FNV-1a over a segment, begun with the node it is looked up at. The table is built from
/// configuration, so nobody who sends requests can crowd it.
struct SegmentHash {
    private var state: UInt64

    @inline(__always)
    init(node: Int32) {
        state = 0xcbf2_9ce4_8422_2325 ^ (UInt64(UInt32(bitPattern: node)) &* 0x9e37_79b9_7f4a_7c15)
    }

    @inline(__always)
    mutating func combine(_ byte: UInt8) {
        state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
    }

    /// The high bits are the well-mixed ones.
    @inline(__always)
    func slot(_ mask: Int) -> Int { Int(truncatingIfNeeded: state >> 24 ^ state >> 44) & mask }
}
