import Admission
import Configuration
import Credentials
import Logging
import Observability
import Policy
import Proxy
import Secrets
import TestSupport
import Upstream
import Wire

/// The input is a method and a target, as in a request line. What policy judged is what is sent, whoever reads it.
enum RoutesTarget {
    private struct Fixture {
        let table: RouteTable
        let plain: PlainRoutes
        let explainer: Explainer
    }

    // Read by any thread and changed by none.
    nonisolated(unsafe) private static let fixture: Result<Fixture, any Error> = Result {
        var line = 0
        // All built-in rows are opened, so that nothing is refused for another reason than its path; and some of ours.
        let opened = try BuiltInRoutes.rules().map { rule in
            var rule = rule
            rule.access = .allow
            return rule
        }
        let own = try ["GET /v3/maps/{connection}/own", "GET,POST /x/{rest...}", "* /v3/sql/jobs/{id}", "GET /"].map {
            line += 1
            var rule = RouteRule(pattern: try MatchPattern.parse($0), origin: RuleOrigin(file: "fuzz", line: line))
            rule.access = line == 3 ? .deny : .allow
            return rule
        }
        let table = try RouteTable(builtIn: opened, configured: own)
        let entries = [
            CredentialBook.Entry(name: "token", kind: .apiAccessToken),
            CredentialBook.Entry(name: "oauth", kind: .staticOAuth),
        ]
        let secret = Secret(text(Guarded.secret))
        let endpoint = Endpoint(host: "api.example", port: 80, isAddress: false, trust: nil)
        let bases = UpstreamName.allCases.map { ($0, ProxySettings.Base(endpoint: endpoint, path: [], urls: [])) }
        let settings = ProxySettings(
            routes: table, bases: Dictionary(uniqueKeysWithValues: bases),
            book: try CredentialBook(entries: entries, defaults: ["token", "oauth"]),
            credentials: try entries.map { .fixed(try StaticToken(secret, kind: $0.kind)) },
            admission: AdmissionRules(), listeners: [.tcp(port: 22786, isTLS: false)], sink: LogSink(descriptor: -1),
            logger: Logger(label: "fuzz") { _ in SwiftLogNoOpLogHandler() })
        return Fixture(
            table: table, plain: PlainRoutes(builtIn: opened, configured: own),
            explainer: Explainer(settings: settings))
    }

    static func check(_ input: [UInt8]) throws(Violation) {
        let fixture = try obtain(Self.fixture.get(), "the table is well-formed")
        guard let space = input.firstIndex(of: 0x20) else { return }
        let target = Array(input[(space + 1)...])
        let path = Array(target.prefix { $0 != UInt8(ascii: "?") })
        let explanation = fixture.explainer.explain(input + Array(" HTTP/1.1\r\nHost: localhost:22786\r\n\r\n".utf8))
        try checkVerdict(of: path, fixture)
        guard explanation.outcome == .forwarded else { return }
        guard let route = explanation.route else { throw Violation(description: "what is forwarded has a route") }
        try require(!route.isDenied, "what is denied is not forwarded")
        try checkSent(explanation, target, route)
    }

    /// A path that passes has one meaning: any reading of it is under the same route.
    private static func checkVerdict(of path: [UInt8], _ fixture: Fixture) throws(Violation) {
        guard (try? CanonicalPath.check(path.span)) != nil else { return }
        var segments = path.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map(
            Array.init)
        if segments.last?.isEmpty ?? false { segments.removeLast() }
        for method in [Method.get, .post, .delete] {
            let verdict = fixture.table.match(method: method, path: path.span)
            try require(
                fixture.table.verdict(method, path) == fixture.plain.verdict(method, segments),
                "the narrowest row that matches decides")
            for reading in Decoding.readings(of: path, foldsCase: false) where reading != path {
                let other = fixture.table.match(method: method, path: reading.span)
                try require(other == verdict, "\(text(reading)) is under the same route as \(text(path))")
            }
        }
    }

    /// What is sent is the path and query that came, but for credentials in the query.
    private static func checkSent(_ explanation: Explanation, _ target: [UInt8], _ route: Route) throws(Violation) {
        var origin = target[...]
        if target.first != UInt8(ascii: "/") {
            try require(text(target.prefix(7)).lowercased() == "http://", "the other form of a target is absolute")
            let authority = target.dropFirst(7)
            let end = authority.firstIndex { "/?".utf8.contains($0) } ?? authority.endIndex
            origin = authority[end...]
        }
        let path = origin.prefix { $0 != UInt8(ascii: "?") }
        let query = origin.dropFirst(path.count)
        try require((try? CanonicalPath.check(Array(path).span)) != nil, "only a canonical path is forwarded")
        let sent = Array((explanation.url ?? "").utf8)
        let start = Array("http://api.example".utf8)
        try require(sent.starts(with: start), "it is sent to its upstream")
        let sentTarget = sent.dropFirst(start.count)
        if !route.template.contains("{token}") {
            try require(
                sentTarget.prefix { $0 != UInt8(ascii: "?") }.elementsEqual(path), "the path that was judged is sent")
        }
        if explanation.removedParameters.isEmpty {
            // A lone question mark is a query of nothing.
            let sentQuery = sentTarget.drop { $0 != UInt8(ascii: "?") }
            try require(
                sentQuery.elementsEqual(query) || query.count == 1 && sentQuery.isEmpty, "the query is sent as it came")
        }
        for removed in ["token", "access_token", "api_key"] {
            let names = text(query.dropFirst()).lowercased().split(separator: "&").map { $0.prefix { $0 != "=" } }
            guard names.contains(where: { $0 == removed }) else { continue }
            try require(!explanation.removedParameters.isEmpty, "no credential of the client's is sent")
        }
    }
}
