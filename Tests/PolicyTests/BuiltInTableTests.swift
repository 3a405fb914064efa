import Policy
import Testing
import Wire

/// config/routes.yaml against CARTO's reference: a request of every kind, and what becomes of it.
@Suite struct BuiltInTableTests {
    struct Expected: CustomStringConvertible {
        let method: Method
        let path: String
        /// The route's name, upstream, token, and whether it is denied.
        let name: String
        var upstream = UpstreamName.api
        let token: TokenKind
        var isDenied = false

        var description: String { "\(method.token) \(path)" }
    }

    static let expectations: [Expected] = {
        var rows: [Expected] = []
        func add(
            _ name: String, _ token: TokenKind, upstream: UpstreamName = .api, denied: Bool = false,
            _ requests: (Method, String)...
        ) {
            for (method, path) in requests {
                rows.append(
                    Expected(method: method, path: path, name: name, upstream: upstream, token: token, isDenied: denied)
                )
            }
        }
        for type in ["query", "table", "tileset", "raster", "boundary"] {
            add(
                "maps.instantiate", .any, (.get, "/v3/maps/carto_dw/\(type)"), (.post, "/v3/maps/carto_dw/\(type)"),
                (.head, "/v3/maps/c/\(type)"))
            add("maps.tile", .any, (.get, "/v3/maps/carto_dw/\(type)/3/2/1"))
            add("maps.tile-by-index", .any, (.get, "/v3/maps/carto_dw/\(type)/8a2a1072b59ffff"))
        }
        add("maps.public", .none, (.get, "/v3/maps/public/0c4b5e0a-1b5c"), (.get, "/v3/maps/public/query"))
        add("maps.stats-of-query", .any, (.get, "/v3/stats/c/population"), (.post, "/v3/stats/c/population"))
        add(
            "maps.stats-of-table", .any, (.get, "/v3/stats/c/a.b.c/population"), (.post, "/v3/stats/c/a.b.c/population")
        )
        add("sql.query", .any, (.get, "/v3/sql/carto_dw/query"), (.post, "/v3/sql/carto_dw/query"))
        add("sql.jobs", .any, (.get, "/v3/sql/jobs"))
        add("sql.job-create", .any, (.post, "/v3/sql/c/job"))
        add("sql.job", .any, (.get, "/v3/sql/c/job/1"))
        add("sql.job-cancel", .any, (.delete, "/v3/sql/c/job/1"))
        for model in [
            "category", "histogram", "formula", "pick", "timeseries", "range", "scatterplot", "table", "aggregations",
        ] {
            add("sql.model", .any, (.get, "/v3/sql/c/model/\(model)"), (.post, "/v3/sql/c/model/\(model)"))
        }
        add("imports.list", .any, (.get, "/v3/imports"))
        add("imports.create", .any, (.post, "/v3/imports"))
        add("imports.get", .any, (.get, "/v3/imports/1"))
        add("imports.preview", .any, (.post, "/v3/imports/preview"))
        add("imports.cancel", .any, (.post, "/v3/imports/1/cancel"))
        add("exports.create", .any, (.post, "/v3/exports"))
        add("exports.get", .any, (.get, "/v3/exports/1"))
        add("lds.geocode", .any, (.get, "/v3/lds/geocoding/geocode"))
        add("lds.reverse-geocode", .any, (.get, "/v3/lds/geocoding/reverse"))
        add("lds.geocode-batch", .any, (.post, "/v3/lds/geocoding/batch"))
        add("lds.isolines", .any, (.get, "/v3/lds/isolines"))
        add("lds.isolines-h3", .any, (.get, "/v3/lds/isolines/h3"))
        add("lds.routing", .any, (.get, "/v3/lds/routing"))
        add("lds.stats", .any, (.get, "/v3/lds/stats"))
        add("tokens.list", .oauth, denied: true, (.get, "/v3/tokens"), (.get, "/v3/tokens/"))
        add("tokens.create", .oauth, denied: true, (.post, "/v3/tokens"))
        add("tokens.get", .oauth, denied: true, (.get, "/v3/tokens/ac_1"), (.head, "/v3/tokens/ac_1"))
        add("tokens.update", .oauth, denied: true, (.patch, "/v3/tokens/ac_1"))
        add("tokens.delete", .oauth, denied: true, (.delete, "/v3/tokens/ac_1"))
        add("tokens.other", .oauth, denied: true, (.put, "/v3/tokens/ac_1/anything"))
        add("named-sources.list", .oauth, (.get, "/v3/named-sources"))
        add("named-sources.create", .oauth, denied: true, (.post, "/v3/named-sources"))
        add("named-sources.get", .oauth, (.get, "/v3/named-sources/my%20source"))
        add("named-sources.update", .oauth, denied: true, (.patch, "/v3/named-sources/s"))
        add("named-sources.delete", .oauth, denied: true, (.delete, "/v3/named-sources/s"))
        add("connections.list", .oauth, (.get, "/v3/connections"))
        add("connections.create", .oauth, denied: true, (.post, "/v3/connections"))
        add("connections.get", .oauth, denied: true, (.get, "/v3/connections/1"))
        add("connections.update", .oauth, denied: true, (.patch, "/v3/connections/1"))
        add("connections.delete", .oauth, denied: true, (.delete, "/v3/connections/1"))
        add(
            "connections.token", .oauth, denied: true, (.get, "/v3/connections/carto-dw/token"),
            (.get, "/v3/connections/CARTO-DW/token"))
        add("connections.resources", .oauth, (.get, "/v3/connections/c/resources"))
        add(
            "connections.resource", .oauth, (.get, "/v3/connections/c/resources/a"),
            (.get, "/v3/connections/c/resources/a/b.c/d"))
        add("resources.maps", .oauth, (.get, "/v3/organization-maps"))
        add("resources.map-delete", .oauth, denied: true, (.delete, "/v3/organization-maps/1"))
        add("resources.workflows", .oauth, (.get, "/v3/organization-workflows"))
        add("resources.workflow-delete", .oauth, denied: true, (.delete, "/v3/organization-workflows/1"))
        add("resources.list", .oauth, (.get, "/v3/accounts/resources"))
        add("resources.delete-batch", .oauth, denied: true, (.post, "/v3/accounts/resources/delete-batch"))
        add("resources.transfer", .oauth, denied: true, (.post, "/v3/accounts/resources/transfer"))
        add("activity-data.create", .oauth, upstream: .accounts, denied: true, (.post, "/activity-data-jobs"))
        add("activity-data.get", .oauth, upstream: .accounts, (.get, "/activity-data-jobs/1"))
        add(
            "activity-data.cancel", .oauth, upstream: .accounts, denied: true, (.delete, "/activity-data-jobs/1/cancel")
        )
        add("accounts.me", .oauth, upstream: .accounts, (.get, "/users/me"))
        add("mcp.call", .any, (.post, "/mcp/ac_x"), (.post, "/mcp/ac_x/"))
        add("ai.models", .oauth, upstream: .ai, (.get, "/v1/models"))
        add("ai.chat", .oauth, upstream: .ai, (.post, "/v1/chat/completions"))
        return rows
    }()

    private let table: RouteTable

    init() throws {
        table = try RouteTable(builtIn: try RouteFile.load())
    }

    @Test(arguments: expectations)
    func everyRequestOfTheReference(_ expected: Expected) throws {
        let route = try #require(table.route(expected.method, expected.path))
        #expect(route.name == expected.name)
        #expect(route.upstream == expected.upstream)
        #expect(route.token == expected.token)
        #expect(route.isDenied == expected.isDenied)
        #expect(canonicalError(expected.path) == nil)
    }

    @Test func everyRowIsReachedByOneOfThem() {
        let reached = Set(Self.expectations.map(\.name))
        #expect(Set(table.routes.map(\.name)).subtracting(reached).isEmpty)
    }

    @Test func rowsAreNamedOnceAndSayWhyTheyDeny() throws {
        let rules = try RouteFile.load()
        #expect(Set(rules.map { $0.name ?? "" }).count == rules.count)
        for rule in rules {
            #expect(rule.name != nil && rule.api != nil, "\(rule.origin)")
            #expect((rule.access == .deny) == (rule.because != nil), "\(rule.origin)")
        }
    }

    @Test func everyDeniedRowIsOpenedByTheLineItsRefusalNames() throws {
        for route in table.routes where route.isDenied {
            let method = try #require(route.methods.methods.first)
            let line = route.lineThatAllows(method)
            let match = String(line.dropFirst(12).prefix { $0 != "\"" })
            let opened = try RouteTable(
                builtIn: try RouteFile.load(), configured: [try rule(match, file: "mine") { $0.access = .allow }])
            let own = try #require(opened.routes.last { $0.origin.file == "mine" })
            #expect(own.access == .allow && own.token == route.token && own.upstream == route.upstream)
            #expect(own.name == route.name)
        }
    }

    @Test func whatNothingSpeaksOfIsUnknown() {
        for path in [
            "/", "/v3", "/v3/maps", "/v3/maps/c", "/V3/imports", "/v3/Tokens", "/v3/tokens.", "/v2/sql", "/oauth/token",
            "/v3/maps/c/other", "/accounts",
        ] {
            #expect(table.match(.get, path) == .unknown, "\(path)")
        }
        #expect(table.match(.get, "/mcp/ac_x") == .methodNotAllowed([.post]))
        #expect(table.match(.put, "/v3/imports") == .methodNotAllowed([.get, .head, .post]))
    }

    @Test func sqlIsNeverSentTwiceAndReadsOnlyByItsStatement() {
        for method in [Method.get, .post] {
            #expect(table.route(method, "/v3/sql/c/query")?.isSafe == false)
            #expect(table.route(method, "/v3/sql/c/query")?.reads == .ifStatement(.q))
            #expect(table.route(method, "/v3/sql/c/model/formula")?.reads == .ifAnyStatement(.source))
            #expect(table.route(method, "/v3/maps/c/query")?.reads == .ifAnyStatement(.q))
        }
        #expect(table.route(.post, "/v3/sql/c/job")?.reads == .ifStatement(.query))
        #expect(table.route(.post, "/v3/lds/geocoding/batch")?.reads == .always)
        #expect(table.route(.post, "/v3/imports")?.reads == .never)
        #expect(table.route(.delete, "/v3/sql/c/job/1")?.reads == .never)
        #expect(table.route(.post, "/mcp/a")?.reads == .never)
        #expect(table.route(.get, "/v3/maps/c/query")?.isSafe == true)
        #expect(table.route(.post, "/v3/maps/c/query")?.isSafe == false)
    }

    @Test func onlyMapDocumentsAreRewrittenAndOnlyEventStreamsAreStreams() {
        #expect(Set(table.routes.filter { $0.rewrite == .maps }.map(\.name)) == ["maps.instantiate"])
        #expect(Set(table.routes.filter(\.isEventStream).map(\.name)) == ["mcp.call", "ai.chat"])
    }
}
