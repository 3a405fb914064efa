import Wire

/// One row of the table in force: a rule, for methods it treats alike, with everything decided.
package struct Route: Hashable, Sendable {
    /// Its index in ``RouteTable/routes``.
    package let id: Int
    package let name: String
    package let api: String
    /// The methods it answers, with a HEAD that GET implies.
    package let methods: MethodSet
    package let pattern: MatchPattern
    package let upstream: UpstreamName
    package let token: TokenKind
    package let access: Access
    /// Whether a request may be sent a second time when the first met a dead connection.
    package let isSafe: Bool
    package let reads: Reads
    package let rewrite: AnswerRewrite
    package let isEventStream: Bool
    /// `nil`: the general one.
    package let answerTimeoutSeconds: Int?
    /// The name of a configured credential; `nil`: the general one.
    package let credential: String?
    package let origin: RuleOrigin
    /// The built-in row from which it took what its rule does not state.
    package let inherited: RuleOrigin?

    package var template: String { pattern.template }

    package var isDenied: Bool {
        switch access {
        case .allow: false
        case .deny: true
        }
    }

    /// The line that opens a denied route, to be put under `routes:`.
    package func lineThatAllows(_ method: Method) -> String {
        // HEAD comes with GET; asking for it alone would be a surprise.
        let methods = method == .head && pattern.methods.contains(.get) ? MethodSet.get : MethodSet(method)
        return "- { match: \"\(methods.patternText) \(template)\", access: allow }"
    }
}
