import Policy
import TestSupport
import Testing
import Wire

/// The trie against the plain reading of its rules: look at every pattern, keep the best.
@Suite struct RouteTablePropertyTests {
    private static let words = ["a", "b", "c", "aa"]

    private func randomSegment(_ generator: inout SplitMix64, _ index: Int) -> String {
        switch Int.random(in: 0..<8, using: &generator) {
        case 0...3: Self.words.randomElement(using: &generator) ?? "a"
        case 4: "{v\(index):a|b}"
        case 5: "{v\(index):a|b|c}"
        default: "{v\(index)}"
        }
    }

    private func randomRule(_ generator: inout SplitMix64, line: Int) throws -> RouteRule {
        var path = ""
        for index in 0..<Int.random(in: 0...4, using: &generator) { path += "/" + randomSegment(&generator, index) }
        if Int.random(in: 0..<5, using: &generator) == 0 { path += "/{rest...}" }
        let methods = ["GET", "POST", "GET,POST", "*"].randomElement(using: &generator) ?? "GET"
        return try rule("\(methods) \(path.isEmpty ? "/" : path)", line: line) {
            $0.access = Int.random(in: 0..<4, using: &generator) == 0 ? .deny : .allow
        }
    }

    /// Rules that do not repeat one another.
    private func randomRules(_ generator: inout SplitMix64, _ count: Int, from line: Int) throws -> [RouteRule] {
        var rules: [RouteRule] = []
        for offset in 0..<count {
            let candidate = try randomRule(&generator, line: line + offset)
            if (try? RouteTable(builtIn: rules + [candidate])) != nil { rules.append(candidate) }
        }
        return rules
    }

    private func matches(_ pattern: MatchPattern, _ path: [[UInt8]]) -> Bool {
        for (index, segment) in pattern.segments.enumerated() {
            switch segment {
            case .rest: return path.count > index
            case .literal(let text): if index >= path.count || path[index] != text { return false }
            case .choice(_, let texts): if index >= path.count || !texts.contains(path[index]) { return false }
            case .variable: if index >= path.count { return false }
            }
        }
        return path.count == pattern.segments.count
    }

    /// Larger is more specific; a choice counts more the shorter its list is.
    private func rank(_ pattern: MatchPattern, choicesAlike: Bool) -> [Int] {
        let ranks = pattern.segments.map { segment in
            switch segment {
            case .literal: 300
            case .choice(_, let texts): choicesAlike ? 200 : 200 - texts.count
            case .variable: 100
            case .rest: 0
            }
        }
        return ranks + Array(repeating: 0, count: 8 - ranks.count)
    }

    private func best(_ rules: [RouteRule], _ method: MethodSet, _ path: [[UInt8]]) -> RouteRule? {
        rules.filter { matches($0.pattern, path) && !$0.pattern.methods.withImpliedHead.isDisjoint(with: method) }
            .max {
                rank($0.pattern, choicesAlike: false).lexicographicallyPrecedes(rank($1.pattern, choicesAlike: false))
            }
    }

    @Test(arguments: 1...60)
    func findsWhatTheRulesSay(seed: Int) throws {
        var generator = SplitMix64(seed: UInt64(seed))
        let builtIn = try randomRules(&generator, 12, from: 1)
        let configured = try randomRules(&generator, seed % 3 == 0 ? 0 : 8, from: 101)
        let table = try RouteTable(builtIn: builtIn, configured: configured)
        for _ in 0..<300 {
            let path = (0..<Int.random(in: 0...5, using: &generator)).map { _ in
                Array((Self.words + ["zz"]).randomElement(using: &generator)!.utf8)
            }
            let text = path.isEmpty ? "/" : path.map { "/" + String(decoding: $0, as: UTF8.self) }.joined()
            for (method, set) in [(Method.get, MethodSet.get), (.head, .head), (.post, .post), (.delete, .delete)] {
                let own = best(configured, set, path)
                let given = best(builtIn, set, path)
                let expected: RouteRule?
                if let own, let given {
                    let isWider = rank(own.pattern, choicesAlike: true)
                        .lexicographicallyPrecedes(rank(given.pattern, choicesAlike: true))
                    expected = own.access == .deny || !isWider ? own : given
                } else {
                    expected = own ?? given
                }
                #expect(table.route(method, text)?.origin == expected?.origin, "\(method) \(text) seed \(seed)")
                if expected == nil {
                    let allowed = (builtIn + configured).filter { matches($0.pattern, path) }
                        .reduce(MethodSet()) { $0.union($1.pattern.methods.withImpliedHead) }
                    #expect(table.match(method, text) == (allowed.isEmpty ? .unknown : .methodNotAllowed(allowed)))
                }
            }
        }
    }

    @Test func hostilePatternsAndPathsCostAtMostTheSizeOfTheTable() throws {
        // Every combination of a literal and a variable, and a path that fits all of them but at the end.
        let rules = try (0..<1024).map { bits in
            try rule("GET " + (0..<10).map { bits >> $0 & 1 == 0 ? "/a" : "/{v\($0)}" }.joined() + "/z", line: bits + 1)
        }
        let table = try RouteTable(builtIn: rules)
        let path = String(repeating: "/a", count: 10)
        for _ in 0..<2_000 { #expect(table.match(.get, path + "/y") == .unknown) }
        #expect(table.route(.get, path + "/z")?.origin.line == 1)
    }

    @Test func aThousandSiblingsAreFoundEach() throws {
        let table = try RouteTable(builtIn: try (0..<1000).map { try rule("GET /v3/api-\($0)/{x}", line: $0 + 1) })
        for index in 0..<1000 { #expect(table.route(.get, "/v3/api-\(index)/q")?.origin.line == index + 1) }
        #expect(table.match(.get, "/v3/api-1000/q") == .unknown)
    }
}
