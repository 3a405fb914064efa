import Wire

/// The route table in force: which rule decides about a method and a path.
///
/// Built-in rows and configured rules are two layers. In each, the most specific pattern that matches
/// the path and has the method is found: segment by segment from the left, a literal before a choice
/// (of several choices the shortest list first), a choice before a variable, a variable before the rest.
/// Between the two findings
/// - a configured rule that denies wins: nothing built in reaches past a denial;
/// - else the more specific one wins, so that a wide allowance does not open what a narrower row denies;
/// - and the configured one where they are equally specific.
///
/// The path is matched as it was sent, so it must have passed ``CanonicalPath``.
package struct RouteTable: Sendable {
    package let routes: [Route]
    private let configured: PatternTrie?
    private let builtIn: PatternTrie
    private let specificities: [UInt64]
    private let denials: [Bool]

    /// Throws everything that is wrong with either layer, in the order of the rules.
    package init(builtIn: [RouteRule], configured: [RouteRule] = []) throws(PolicyProblems) {
        var resolver = RouteResolver(builtIn: builtIn)
        let builtInRoutes = resolver.add(builtIn, inheriting: false)
        let configuredRoutes = resolver.add(configured, inheriting: true)
        guard resolver.problems.isEmpty else { throw PolicyProblems(all: resolver.problems) }
        routes = resolver.routes
        specificities = routes.map(\.pattern.specificity)
        denials = routes.map(\.isDenied)
        self.builtIn = Self.trie(of: routes[builtInRoutes])
        self.configured = configuredRoutes.isEmpty ? nil : Self.trie(of: routes[configuredRoutes])
    }

    private static func trie(of routes: ArraySlice<Route>) -> PatternTrie {
        var builder = PatternTrieBuilder()
        for route in routes {
            builder.insert(route.id, route.pattern, methods: route.methods.intersection(route.pattern.methods))
        }
        return builder.build()
    }

    /// Does not allocate.
    package func match(method: Method, path: Span<UInt8>) -> RouteMatch {
        let slot = MethodSet.slot(of: method)
        var allowed = MethodSet()
        let own = configured?.search(path, slot: slot, allowed: &allowed) ?? -1
        let given = builtIn.search(path, slot: slot, allowed: &allowed)
        let winner = winner(Int(own), Int(given))
        guard winner < 0 else { return .matched(winner) }
        return allowed.isEmpty ? .unknown : .methodNotAllowed(allowed)
    }

    private func winner(_ own: Int, _ given: Int) -> Int {
        guard own >= 0 else { return given }
        guard given >= 0 else { return own }
        if denials[own] { return own }
        return specificities[own] >= specificities[given] ? own : given
    }

    /// What each layer alone says, for explaining a decision: indexes in ``routes``.
    package func candidates(method: Method, path: Span<UInt8>) -> (configured: Int?, builtIn: Int?) {
        let slot = MethodSet.slot(of: method)
        var ignored = MethodSet()
        let own = configured?.search(path, slot: slot, allowed: &ignored) ?? -1
        let given = builtIn.search(path, slot: slot, allowed: &ignored)
        return (own < 0 ? nil : Int(own), given < 0 ? nil : Int(given))
    }
}
