import Policy
import Wire

/// A route table read as its rules are worded: every row is looked at, and the most specific one kept.
package struct PlainRoutes {
    package enum Verdict: Equatable {
        case decided(by: RuleOrigin)
        case methodNotAllowed(MethodSet)
        case unknown
    }

    private let builtIn: [RouteRule]
    private let configured: [RouteRule]

    package init(builtIn: [RouteRule], configured: [RouteRule]) {
        self.builtIn = builtIn
        self.configured = configured
    }

    /// - Parameter path: its segments; a slash at its end begins none.
    package func verdict(_ method: Method, _ path: [[UInt8]]) -> Verdict {
        let own = Self.best(configured, method, path)
        let given = Self.best(builtIn, method, path)
        if let own, let given {
            let isWider = Self.rank(own.pattern, choicesAlike: true)
                .lexicographicallyPrecedes(Self.rank(given.pattern, choicesAlike: true))
            return .decided(by: own.access == .deny || !isWider ? own.origin : given.origin)
        }
        if let one = own ?? given { return .decided(by: one.origin) }
        let allowed = (builtIn + configured).filter { Self.matches($0.pattern, path) }
            .reduce(MethodSet()) { $0.union($1.pattern.methods.withImpliedHead) }
        return allowed.isEmpty ? .unknown : .methodNotAllowed(allowed)
    }

    private static func best(_ rules: [RouteRule], _ method: Method, _ path: [[UInt8]]) -> RouteRule? {
        rules.filter { matches($0.pattern, path) && $0.pattern.methods.withImpliedHead.contains(method) }
            .max {
                rank($0.pattern, choicesAlike: false).lexicographicallyPrecedes(rank($1.pattern, choicesAlike: false))
            }
    }

    private static func matches(_ pattern: MatchPattern, _ path: [[UInt8]]) -> Bool {
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
    private static func rank(_ pattern: MatchPattern, choicesAlike: Bool) -> [Int] {
        let ranks = pattern.segments.map { segment in
            switch segment {
            case .literal: 300
            case .choice(_, let texts): choicesAlike ? 200 : 200 - texts.count
            case .variable: 100
            case .rest: 0
            }
        }
        return ranks + Array(repeating: 0, count: MatchPattern.maximumSegments - ranks.count)
    }
}

extension RouteTable {
    /// What it says of a method and a path, in the words of ``PlainRoutes``.
    package func verdict(_ method: Method, _ path: [UInt8]) -> PlainRoutes.Verdict {
        switch match(method: method, path: path.span) {
        case .matched(let index): .decided(by: routes[index].origin)
        case .methodNotAllowed(let allowed): .methodNotAllowed(allowed)
        case .unknown: .unknown
        }
    }
}
