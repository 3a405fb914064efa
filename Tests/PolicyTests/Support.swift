import Policy
import Wire

func rule(_ match: String, file: String = "test.yaml", line: Int = 1, _ change: (inout RouteRule) -> Void = { _ in })
    throws -> RouteRule
{
    var rule = RouteRule(pattern: try MatchPattern.parse(match), origin: RuleOrigin(file: file, line: line))
    change(&rule)
    return rule
}

extension RouteTable {
    func match(_ method: Method, _ path: String) -> RouteMatch {
        match(method: method, path: Array(path.utf8).span)
    }

    /// The route that decides, if one does.
    func route(_ method: Method, _ path: String) -> Route? {
        guard case .matched(let index) = match(method, path) else { return nil }
        return routes[index]
    }
}

func canonicalError(_ path: String) -> PathError? {
    canonicalError(Array(path.utf8))
}

func canonicalError(_ path: [UInt8]) -> PathError? {
    do throws(PathError) {
        try CanonicalPath.check(path.span)
        return nil
    } catch {
        return error
    }
}
