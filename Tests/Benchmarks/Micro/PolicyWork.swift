import Admission
import Configuration
import Credentials
import Policy
import Secrets
import Wire

/// Who asks, for what, and with which token it goes on.
var policyWork: [Work] {
    [
        Work("admission: program", per: "request") { try admission(fields: ["Host: localhost:22786", "Accept: */*"]) },
        Work("admission: page", per: "request") {
            try admission(fields: [
                "Host: localhost:22786", "Origin: http://localhost:5173", "Sec-Fetch-Mode: cors",
                "Sec-Fetch-Site: same-site",
            ])
        },
        Work("route: canonical path and match", per: "request") {
            let table = try RouteTable(builtIn: BuiltInRoutes.rules())
            let path = Array("/v3/maps/carto_dw/table/5/15/12".utf8)
            return {
                try CanonicalPath.check(path.span)
                guard case .matched(let index) = table.match(method: .get, path: path.span) else { return 0 }
                return index
            }
        },
        Work("route: match among 1,000 more", per: "request") {
            let more = try (0..<1_000).map { number in
                RouteRule(
                    pattern: try MatchPattern.parse("GET /v3/custom\(number)/{name}/items"),
                    origin: RuleOrigin(file: "routes.yaml", line: number))
            }
            let table = try RouteTable(builtIn: BuiltInRoutes.rules(), configured: more)
            let path = Array("/v3/maps/carto_dw/table/5/15/12".utf8)
            return {
                guard case .matched(let index) = table.match(method: .get, path: path.span) else { return 0 }
                return index
            }
        },
        Work("token: one that is fresh", per: "request") {
            var machine = TokenMachine()
            var random = SystemRandomNumberGenerator()
            let start = Instant(boot: .seconds(1_000), wall: .seconds(1_800_000_000))
            let token = Secret("a-token-of-no-use-to-anyone")
            let grant = TokenGrant(token: token, sentAt: start, lifetime: .seconds(3_600))
            _ = machine.tokenRestored(grant, at: start, random: &random)
            let now = Instant(boot: .seconds(1_060), wall: .seconds(1_800_000_060))
            return {
                guard case .use(let generation) = machine.tokenWanted(at: now).answer else { return 0 }
                return Int(generation)
            }
        },
    ]
}

private func admission(fields: [String]) throws -> () throws -> Int {
    let rules = AdmissionRules()
    var head = RequestHead()
    let lines = ["GET /v3/sql/carto_dw/query?q=SELECT%201 HTTP/1.1"] + fields + ["", ""]
    try head.parse(Array(lines.joined(separator: "\r\n").utf8).span)
    return {
        guard case .admitted(let visitor) = rules.admit(head, at: .tcp(port: 22786, isTLS: false)),
            case .admitted = rules.decide(visitor, for: .tokenRoutes, of: head)
        else { return 0 }
        return 1
    }
}
