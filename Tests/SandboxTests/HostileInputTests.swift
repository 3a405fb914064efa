import Sandbox
import TestSupport
import Testing

/// Nothing a client sends may stop the sandbox: each of these runs must just end, with an answer.
@Suite struct HostileInputTests {
    private static let words = [
        "SELECT", "FROM", "WHERE", "GROUP", "ORDER", "BY", "LIMIT", "OFFSET", "AND", "IN", "LIKE", "BETWEEN", "IS",
        "NOT", "NULL", "AS", "DESC", "count", "sum", "avg", "min", "max", "(", ")", "*", ",", ".", "=", "<>", "<", ">=",
        "-",
        "--", "/*", "*/", "'", "''", "\"", "`", "@a", "?", "$1", "$99999999999999999999", "1", "-9223372036854775808",
        "9223372036854775807", "9223372036854775808", "1e308", "0.5", "airports", "populated_places", "synthetic_rows",
        "name", "iata", "elevation_ft", "geom", "%", "_", "é", ";", "#", " ",
    ]

    private static let targets = [
        "/v3/sql/carto_dw/query", "/v3/sql/carto_dw/job", "/v3/sql/carto_dw/model/histogram",
        "/v3/sql/carto_dw/model/table",
        "/v3/maps/carto_dw/query", "/v3/maps/carto_dw/table", "/v3/maps/carto_dw/table/1/1/1",
        "/v3/maps/carto_dw/raster/2/1/1",
        "/v3/maps/carto_dw/table/5192650370358181887", "/v3/stats/carto_dw/name", "/v3/lds/geocoding/geocode",
        "/v3/lds/geocoding/reverse", "/v3/lds/geocoding/batch", "/v3/lds/isolines", "/v3/lds/routing", "/v3/tokens",
        "/v3/named-sources", "/v3/connections", "/v3/exports", "/v3/imports", "/v3/accounts/resources/transfer",
        "/mcp/x",
        "/oauth/token", "/activity-data-jobs", "/v1/chat/completions", "/exports/x.csv",
    ]

    private static let names = [
        "q", "name", "format", "formatTiles", "columns", "geo_column", "queryParameters", "source", "type", "params",
        "filters",
        "address", "limit", "lat", "lon", "origin", "destination", "range", "mode", "addresses", "grants", "query",
        "url", "ids",
        "messages", "stream", "jsonrpc", "id", "method", "grant_type", "client_id", "audience", "spatialIndex",
        "column", "ticks",
        "aggregations", "operation", "sortBy", "offset", "values", "in", "between", "inlineTilejson",
    ]

    @Test(arguments: 0..<8)
    func statementsOfRandomWords(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let bench = Bench()
        for _ in 0..<400 {
            var statement = Bool.random(using: &random) ? "SELECT " : ""
            for _ in 0..<Int.random(in: 0...14, using: &random) {
                statement += (Self.words.randomElement(using: &random) ?? "") + (Bool.random(using: &random) ? " " : "")
            }
            let status = bench.query(statement).status
            #expect(status == 200 || status == 400 || status == 413, "\(statement)")
        }
    }

    @Test(arguments: 0..<8)
    func documentsOfRandomMembers(seed: UInt64) {
        var random = SplitMix64(seed: seed &+ 100)
        let bench = Bench()
        let oauth = bench.oauthToken()
        let services: [any SandboxService] = [bench.api, bench.auth, bench.accounts, bench.ai, bench.storage]
        for _ in 0..<400 {
            let target = Self.targets.randomElement(using: &random) ?? "/"
            let document = Self.value(depth: 0, &random)
            var body = JSONWriter.write(document)
            if Int.random(in: 0..<4, using: &random) == 0 { Self.damage(&body, &random) }
            let query = (0..<Int.random(in: 0...4, using: &random)).map { _ in
                let name = Self.names.randomElement(using: &random) ?? ""
                return "\(name)=\(percentEncoded(Self.text(&random)))"
            }
            var fields = Bool.random(using: &random) ? oauth : Bench.apiToken
            let types = ["application/json", "application/x-www-form-urlencoded", "text/csv"]
            fields.append(("Content-Type", types.randomElement(using: &random) ?? ""))
            if Bool.random(using: &random) { fields.append(("Accept", "text/event-stream")) }
            let request = SandboxRequest(
                method: ["GET", "POST", "PATCH", "DELETE"].randomElement(using: &random) ?? "GET", path: target,
                query: query.joined(separator: "&"), fields: fields, body: body)
            for service in services {
                let status = service.answer(request, now: Bench.now).status
                #expect((200..<500).contains(status), "\(request)")
            }
        }
    }

    @Test(arguments: 0..<4)
    func requestsOfRandomBytes(seed: UInt64) {
        var random = SplitMix64(seed: seed &+ 200)
        let bench = Bench()
        let services: [any SandboxService] = [bench.api, bench.auth, bench.accounts, bench.ai, bench.storage]
        func noise(_ length: Int) -> String {
            let bytes = (0..<Int.random(in: 0...length, using: &random)).map { _ in
                UInt8.random(in: 1...255, using: &random)
            }
            return String(decoding: bytes, as: UTF8.self)
        }
        for _ in 0..<300 {
            let request = SandboxRequest(
                method: noise(6), path: "/" + noise(30), query: noise(40),
                fields: [
                    ("Authorization", "Basic " + noise(20)), ("If-None-Match", noise(9)), ("Accept-Encoding", noise(9)),
                ],
                body: Array(noise(60).utf8))
            for service in services {
                let status = service.answer(request, now: .random(in: .min ... .max, using: &random)).status
                #expect((200..<500).contains(status))
            }
        }
    }

    @Test(arguments: [Int64.min, -1, 0, .max])
    func clocksThatAreWrong(now: Int64) {
        let bench = Bench { $0.tokenQuota = TokenQuota(count: 5, seconds: .max) }
        let oauth = bench.oauthToken(now: now)
        #expect(bench.ask("POST", "/v3/sql/carto_dw/job", body: #"{"query":"x"}"#, now: now).status == 200)
        #expect((200..<500).contains(bench.ask("GET", "/v3/tokens", oauth, now: now).status))
        #expect(bench.ask("GET", "/v3/maps/carto_dw/table?name=airports", now: now).status == 200)
    }

    private static func text(_ random: inout SplitMix64) -> String {
        let fixed = [
            "airports", "SELECT * FROM airports", "1", "-1", "0", "nan", "inf", "1e400", "9223372036854775807", "1,2",
            "-181,91",
            "tilejson", "json", "mvt", "quadbin", "car", "[]", "{}", #"{"a":[1]}"#, "client_credentials", "2.0",
            "tools/call", "",
        ]
        guard Int.random(in: 0..<5, using: &random) == 0 else { return fixed.randomElement(using: &random) ?? "" }
        return String(decoding: (0..<9).map { _ in UInt8.random(in: 0...255, using: &random) }, as: UTF8.self)
    }

    private static func value(depth: Int, _ random: inout SplitMix64) -> JSONValue {
        switch Int.random(in: 0..<(depth < 4 ? 9 : 6), using: &random) {
        case 0: return .null
        case 1: return .bool(.random(using: &random))
        case 2: return .integer([.min, -1, 0, 1, 7, .max].randomElement(using: &random) ?? 0)
        case 3: return .number([-1e308, -0.5, 0.5, 1e308, 1e-308].randomElement(using: &random) ?? 0)
        case 4, 5: return .text(text(&random))
        case 6: return .array((0..<Int.random(in: 0...3, using: &random)).map { _ in value(depth: depth + 1, &random) })
        default:
            return .object(
                (0..<Int.random(in: 0...6, using: &random)).map { _ in
                    JSONMember(
                        name: names.randomElement(using: &random) ?? "", value: value(depth: depth + 1, &random))
                })
        }
    }

    private static func damage(_ bytes: inout [UInt8], _ random: inout SplitMix64) {
        guard let place = bytes.indices.randomElement(using: &random) else { return }
        bytes[place] = .random(in: 0...255, using: &random)
    }
}
