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

    @Test(arguments: 1...60)
    func findsWhatTheRulesSay(seed: Int) throws {
        var generator = SplitMix64(seed: UInt64(seed))
        let builtIn = try randomRules(&generator, 12, from: 1)
        let configured = try randomRules(&generator, seed % 3 == 0 ? 0 : 8, from: 101)
        let table = try RouteTable(builtIn: builtIn, configured: configured)
        let plain = PlainRoutes(builtIn: builtIn, configured: configured)
        for _ in 0..<300 {
            let path = (0..<Int.random(in: 0...5, using: &generator)).map { _ in
                Array((Self.words + ["zz"]).randomElement(using: &generator)!.utf8)
            }
            let text = path.isEmpty ? "/" : path.map { "/" + String(decoding: $0, as: UTF8.self) }.joined()
            for method in [Method.get, .head, .post, .delete] {
                #expect(
                    table.verdict(method, Array(text.utf8)) == plain.verdict(method, path),
                    "\(method) \(text) seed \(seed)")
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
