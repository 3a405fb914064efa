import Sandbox
import Testing

/// A route of the API, whether an API Access Token opens it, and what it answers to who may.
struct RouteCase: CustomTestStringConvertible, Sendable {
    var method: String
    var target: String
    var body = ""
    var oauthOnly = false
    var status = 200

    var testDescription: String { "\(method) \(target)" }
}

@Suite struct AccessTests {
    static let demo = "carto-demo-data.demo_tables.populated_places"

    static let routes: [RouteCase] = [
        RouteCase(method: "GET", target: "/v3/maps/carto_dw/table?name=\(demo)"),
        RouteCase(method: "POST", target: "/v3/maps/carto_dw/query", body: #"{"q":"SELECT * FROM airports"}"#),
        RouteCase(method: "GET", target: "/v3/maps/carto_dw/tileset?name=\(demo)&format=tilejson"),
        RouteCase(method: "GET", target: "/v3/maps/carto_dw/raster?name=slope"),
        RouteCase(method: "GET", target: "/v3/maps/carto_dw/boundary?tilesetTableName=\(demo)"),
        RouteCase(method: "GET", target: "/v3/maps/carto_dw/table/0/0/0?name=\(demo)"),
        RouteCase(method: "GET", target: "/v3/maps/carto_dw/raster/0/0/0?name=slope"),
        RouteCase(
            method: "GET", target: "/v3/maps/carto_dw/table/5192650370358181887?name=\(demo)&spatialIndex=quadbin"),
        RouteCase(method: "GET", target: "/v3/stats/carto_dw/population?q=SELECT+*+FROM+populated_places"),
        RouteCase(method: "GET", target: "/v3/stats/carto_dw/\(demo)/country"),
        RouteCase(method: "GET", target: "/v3/sql/carto_dw/query?q=SELECT+1"),
        RouteCase(method: "POST", target: "/v3/sql/carto_dw/query", body: #"{"q":"SELECT 1"}"#),
        RouteCase(method: "POST", target: "/v3/sql/carto_dw/job", body: #"{"query":"CREATE TABLE t AS SELECT 1"}"#),
        RouteCase(method: "GET", target: "/v3/sql/jobs"),
        RouteCase(method: "GET", target: "/v3/sql/carto_dw/model/formula?source=\(demo)&type=table"),
        RouteCase(method: "GET", target: "/v3/imports"),
        RouteCase(method: "POST", target: "/v3/imports", body: #"{"url":"https://example.com/a.csv"}"#),
        RouteCase(method: "POST", target: "/v3/imports/preview", body: #"{"url":"https://example.com/a.csv"}"#),
        RouteCase(method: "POST", target: "/v3/exports", body: #"{"query":"SELECT * FROM airports"}"#),
        RouteCase(method: "GET", target: "/v3/exports"),
        RouteCase(method: "GET", target: "/v3/lds/geocoding/geocode?address=Madrid"),
        RouteCase(method: "GET", target: "/v3/lds/geocoding/reverse?lat=40&lon=-3"),
        RouteCase(method: "POST", target: "/v3/lds/geocoding/batch", body: #"{"addresses":["Rome"]}"#),
        RouteCase(method: "GET", target: "/v3/lds/isolines?origin=-3.7,40.4&range=600"),
        RouteCase(method: "GET", target: "/v3/lds/isolines/h3?origin=-3.7,40.4&range=600", status: 400),
        RouteCase(method: "GET", target: "/v3/lds/routing?origin=-3.7,40.4&destination=2.1,41.3"),
        RouteCase(method: "GET", target: "/v3/lds/stats"),
        RouteCase(method: "POST", target: "/mcp/ac_x", body: #"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#),
        RouteCase(method: "GET", target: "/v3/tokens", oauthOnly: true),
        RouteCase(
            method: "POST", target: "/v3/tokens", body: #"{"grants":[{"connection_name":"*","source":"*"}]}"#,
            oauthOnly: true),
        RouteCase(method: "GET", target: "/v3/tokens/unknown", oauthOnly: true, status: 404),
        RouteCase(method: "GET", target: "/v3/named-sources", oauthOnly: true),
        RouteCase(
            method: "POST", target: "/v3/named-sources", body: #"{"name":"n","source":"SELECT 1"}"#, oauthOnly: true),
        RouteCase(method: "GET", target: "/v3/connections", oauthOnly: true),
        RouteCase(
            method: "POST", target: "/v3/connections", body: #"{"name":"n","provider_id":"postgres"}"#, oauthOnly: true),
        RouteCase(method: "GET", target: "/v3/connections/carto_dw/resources", oauthOnly: true),
        RouteCase(method: "GET", target: "/v3/connections/carto-dw/token", oauthOnly: true),
        RouteCase(method: "GET", target: "/v3/organization-maps", oauthOnly: true),
        RouteCase(method: "DELETE", target: "/v3/organization-maps/none", oauthOnly: true, status: 404),
        RouteCase(method: "GET", target: "/v3/organization-workflows", oauthOnly: true),
        RouteCase(method: "GET", target: "/v3/accounts/resources", oauthOnly: true),
        RouteCase(
            method: "POST", target: "/v3/accounts/resources/delete-batch", body: #"{"ids":["x"]}"#, oauthOnly: true),
        RouteCase(
            method: "POST", target: "/v3/accounts/resources/transfer", body: #"{"ids":["x"],"newOwner":"y"}"#,
            oauthOnly: true),
    ]

    @Test(arguments: routes)
    func insistsOnTheRightToken(_ route: RouteCase) {
        let bench = Bench()
        func ask(_ fields: [(name: String, value: String)]) -> SandboxAnswer {
            bench.ask(route.method, route.target, fields, body: route.body)
        }
        let without = ask([])
        #expect(without.status == 401)
        #expect(json(without) == ["error": "Token not defined", "status": 401])
        #expect(json(ask([("Authorization", "Bearer wrong")])) == ["error": "Invalid token", "status": 401])
        #expect(ask([("Authorization", "Basic dGhlOng=")]).status == 401)
        #expect(ask(bench.oauthToken()).status == route.status)
        let bySmallToken = ask(Bench.apiToken)
        #expect(bySmallToken.status == (route.oauthOnly ? 403 : route.status), "\(text(bySmallToken))")
        #expect(without.first("Access-Control-Allow-Origin") == "*")
        #expect(without.first("WWW-Authenticate") == "Bearer realm=\"sandbox\"")
    }

    @Test(arguments: routes)
    func answersAHeadAsItDoesAGet(_ route: RouteCase) {
        guard route.method == "GET" else { return }
        let bench = Bench()
        #expect(bench.ask("HEAD", route.target, bench.oauthToken()).status == route.status)
    }

    @Test func takesATokenFromTheQueryToo() {
        let bench = Bench()
        for name in ["access_token", "token", "api_key"] {
            #expect(bench.get("/v3/sql/carto_dw/query?q=SELECT+1&\(name)=the.api.token", []).status == 200)
            #expect(bench.get("/v3/sql/carto_dw/query?q=SELECT+1&\(name)=other", []).status == 401)
        }
    }

    @Test(arguments: [
        ("GET", "/", 404), ("GET", "/v3", 404), ("GET", "/v3/", 404), ("GET", "/v3/nothing", 404),
        ("GET", "//v3/maps", 404),
        ("GET", "/v3//sql/carto_dw/query?q=SELECT+1", 404), ("GET", "/v3/sql/carto_dw/query/?q=SELECT+1", 200),
        ("GET", "/v3/sql/carto%5Fdw/query?q=SELECT+1", 200), ("GET", "/v3/sql/%zz/query?q=SELECT+1", 400),
        ("GET", "/v3/sql/%ff/query?q=SELECT+1", 400), ("GET", "/v3/sql/carto_dw/query?q=%", 400),
        ("GET", "/v3/sql/carto_dw/query", 400), ("GET", "/v3/sql/nowhere/query?q=SELECT+1", 404),
        ("PUT", "/v3/sql/carto_dw/query?q=SELECT+1", 405), ("get", "/v3/sql/carto_dw/query?q=SELECT+1", 405),
        ("GET", "/mcp/ac_x", 405), ("DELETE", "/v3/imports", 405), ("GET", "/v3/maps/carto_dw/nothing", 404),
        ("GET", "", 404),
    ])
    func knowsItsRoutes(_ method: String, _ target: String, _ status: Int) {
        #expect(Bench().ask(method, target).status == status)
    }

    @Test func saysWhichMethodsARouteHas() {
        #expect(Bench().ask("PUT", "/v3/sql/carto_dw/query?q=SELECT+1").first("allow") == "GET, HEAD, POST")
    }

    @Test func livesUnderAPathWhenSelfHosted() {
        let bench = Bench(base: "https://localhost:8443/api/")
        #expect(bench.get("/api/v3/sql/carto_dw/query?q=SELECT+1").status == 200)
        #expect(bench.get("/v3/sql/carto_dw/query?q=SELECT+1").status == 404)
        #expect(bench.get("/apiv3/sql/carto_dw/query?q=SELECT+1").status == 404)
        let url = json(bench.get("/api/v3/maps/carto_dw/table?name=airports"))["tilejson"]?["url"]?.asArray?.first
        #expect(url?.asText?.hasPrefix("https://localhost:8443/api/v3/maps/carto_dw/table?name=airports&") == true)
    }

    @Test func answersPreflights() {
        let answer = Bench().ask("OPTIONS", "/v3/sql/carto_dw/query", [("Access-Control-Request-Headers", "x-a")])
        #expect(answer.status == 204)
        #expect(answer.first("Access-Control-Allow-Headers") == "x-a")
    }

    @Test func validatesWithTags() throws {
        let bench = Bench()
        let target = "/v3/sql/carto_dw/query?q=SELECT+1"
        let tag = try #require(bench.get(target).first("ETag"))
        let known = bench.get(target, Bench.apiToken + [("If-None-Match", "\"x\", \(tag)")])
        #expect(known.status == 304)
        #expect(bytes(known).isEmpty)
        #expect(bench.get(target, Bench.apiToken + [("If-None-Match", "\"x\"")]).status == 200)
        #expect(bench.get("/v3/tokens", bench.oauthToken()).first("ETag") == nil)
    }

    @Test(arguments: [
        ("gzip", true), ("br, GZIP;q=0.5", true), ("*", true), ("gzip;q=0", false), ("br", false), ("", false),
    ])
    func compressesForWhoAcceptsIt(_ accepted: String, _ expected: Bool) {
        let bench = Bench { $0.gzip = { content in [0x1F, 0x8B] + content } }
        let answer = bench.get(
            "/v3/maps/carto_dw/table?name=airports", Bench.apiToken + [("accept-encoding", accepted)])
        #expect((answer.first("Content-Encoding") == "gzip") == expected)
        #expect((bytes(answer).first == 0x1F) == expected)
        #expect(answer.first("Vary") == "Accept-Encoding")
    }
}
