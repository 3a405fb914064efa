import Wire

/// Turns rules into routes: fills in what is not stated, and splits a rule where its methods are not
/// treated alike.
struct RouteResolver {
    private(set) var routes: [Route] = []
    private(set) var problems: [PolicyProblem] = []
    private let builtIn: [RouteRule]

    init(builtIn: [RouteRule]) {
        self.builtIn = builtIn
    }

    /// Adds the routes of one layer and returns where they are in ``routes``.
    mutating func add(_ rules: [RouteRule], inheriting: Bool) -> Range<Int> {
        let start = routes.count
        var seen: [[PatternSegment]: [(methods: MethodSet, origin: RuleOrigin)]] = [:]
        for rule in rules {
            let shape = rule.pattern.shape
            let earlier = seen[shape, default: []].first { !$0.methods.isDisjoint(with: rule.pattern.methods) }
            if let earlier { problems.append(PolicyProblem(origin: rule.origin, error: .repeats(earlier.origin))) }
            seen[shape, default: []].append((rule.pattern.methods, rule.origin))
            for error in rule.errors { problems.append(PolicyProblem(origin: rule.origin, error: error)) }
            resolve(rule, inheriting: inheriting)
        }
        return start..<routes.count
    }

    private mutating func resolve(_ rule: RouteRule, inheriting: Bool) {
        var parts: [(route: Route, methods: MethodSet)] = []
        for method in rule.pattern.methods.methods {
            let base = inheriting ? base(of: rule, for: method) : nil
            let route = route(rule, base, for: method, methods: MethodSet(), id: 0)
            if let index = parts.firstIndex(where: { $0.route == route }) {
                parts[index].methods.formUnion(MethodSet(method))
            } else {
                parts.append((route, MethodSet(method)))
            }
            for error in errors(in: route, rule) where !problems.contains(where: { $0 == error }) {
                problems.append(error)
            }
        }
        for part in parts {
            guard let method = part.methods.methods.first else { continue }
            let base = inheriting ? base(of: rule, for: method) : nil
            routes.append(route(rule, base, for: method, methods: part.methods.withImpliedHead, id: routes.count))
        }
    }

    /// The most specific built-in rule of that method that matches all the paths this one matches.
    private func base(of rule: RouteRule, for method: Method) -> RouteRule? {
        var best: RouteRule?
        for candidate in builtIn
        where candidate.pattern.methods.withImpliedHead.contains(method) && candidate.pattern.includes(rule.pattern) {
            if let best, best.pattern.specificity >= candidate.pattern.specificity { continue }
            best = candidate
        }
        return best
    }

    private func route(_ rule: RouteRule, _ base: RouteRule?, for method: Method, methods: MethodSet, id: Int) -> Route
    {
        let isRead = method == .get || method == .head
        let because = rule.because ?? base?.because ?? "the configuration denies it"
        return Route(
            id: id, name: rule.name ?? base?.name ?? "configured", api: rule.api ?? base?.api ?? "other",
            methods: methods, pattern: rule.pattern, upstream: rule.upstream ?? base?.upstream ?? .api,
            token: rule.token ?? base?.token ?? .any,
            access: (rule.access ?? base?.access ?? .allow) == .deny ? .deny(because: because) : .allow,
            isSafe: rule.isSafe ?? base?.isSafe ?? isRead,
            reads: reads(rule.reads ?? base?.reads ?? (isRead ? .always : .never), rule.statement ?? base?.statement),
            rewrite: rule.rewrite ?? base?.rewrite ?? .none,
            isEventStream: rule.isEventStream ?? base?.isEventStream ?? false,
            answerTimeoutSeconds: rule.answerTimeoutSeconds ?? base?.answerTimeoutSeconds,
            credential: rule.credential ?? base?.credential, origin: rule.origin, inherited: base?.origin)
    }

    private func reads(_ word: ReadsWord, _ member: StatementMember?) -> Reads {
        switch word {
        case .always: .always
        case .never: .never
        case .sql: .ifStatement(member ?? .q)
        case .sqlIfAny: .ifAnyStatement(member ?? .q)
        }
    }

    /// What contradicts itself once everything is decided.
    private func errors(in route: Route, _ rule: RouteRule) -> [PolicyProblem] {
        var errors: [PolicyError] = []
        if route.token == .none, route.credential != nil { errors.append(.credentialOnPublicRoute) }
        if route.isEventStream, route.rewrite != .none { errors.append(.eventStreamRewritten) }
        switch route.reads {
        case .always, .never: if rule.statement != nil { errors.append(.statementNotClassified) }
        case .ifStatement, .ifAnyStatement: break
        }
        return errors.map { PolicyProblem(origin: rule.origin, error: $0) }
    }
}
