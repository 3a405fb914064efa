import Configuration
import Policy
import Testing
import Wire

@Suite struct RouteTests {
    private func load(_ yaml: String) throws(ConfigurationFailure) -> Settings {
        try loader(complete).load(text: Array(yaml.utf8), fileName: "/etc/cartouche/c.yaml").settings
    }

    private func route(_ method: Wire.Method, _ path: String, _ settings: Settings) -> Route? {
        let bytes = Array(path.utf8)
        guard case .matched(let index) = settings.routes.match(method: method, path: bytes.span) else { return nil }
        return settings.routes.routes[index]
    }

    @Test func theBuiltInTableIsThereAndSaysWhere() throws {
        let settings = try load("")
        let sql = try #require(route(.post, "/v3/sql/carto_dw/query", settings))
        #expect(sql.origin.file == "built-in routes.yaml")
        #expect(sql.origin.line > 1)
        let line = String(decoding: BuiltInRoutes.text, as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false)[sql.origin.line - 1]
        #expect(line.contains(sql.template))
        #expect(try BuiltInRoutes.rules().count > 40)
    }

    @Test func rulesOfTheFileComeBefore() throws {
        let settings = try load(
            """
            routes:
              - match: "POST /v3/tokens"
                access: allow
              - match: "GET /v3/brand/{new...}"
                name: brand.new
                api: brand
                upstream: ai
                token: oauth
                safe: off
                reads: sql
                statement: query
                rewrite: maps
                answer_timeout: 2m
                credential: api_access_token
            """)
        let tokens = try #require(route(.post, "/v3/tokens", settings))
        #expect(!tokens.isDenied)
        #expect(tokens.origin == RuleOrigin(file: "/etc/cartouche/c.yaml", line: 2))
        #expect(tokens.inherited?.file == "built-in routes.yaml")
        let new = try #require(route(.get, "/v3/brand/a/b", settings))
        #expect(new.upstream == .ai && new.token == .oauth && new.rewrite == .maps && !new.isSafe)
        #expect(new.reads == .ifStatement(.query) && new.answerTimeoutSeconds == 120)
        #expect(new.name == "brand.new" && new.api == "brand" && new.credential == "api_access_token")
    }

    @Test(arguments: [
        ("routes: x", "1:9"), ("routes: [x]", "1:10"), ("routes: [{access: allow}]", "1:11"),
        ("routes: [{match: [a]}]", "1:18"), ("routes: [{match: /v3/x}]", "1:18"),
        ("routes: [{match: \"FETCH /x\"}]", "1:18"),
        ("routes: [{match: \"GET /x\", acess: deny}]", "1:28"),
        ("routes: [{match: \"GET /x\", access: maybe}]", "1:36"),
        ("routes: [{match: \"GET /x\", safe: perhaps}]", "1:34"),
        ("routes: [{match: \"GET /x\", token: [any]}]", "1:35"),
        ("routes: [{match: \"GET /x\", answer_timeout: 1500ms}]", "1:44"),
        ("routes: [{match: \"GET /x\", answer_timeout: 0}]", "1:11"),
        ("routes: [{match: \"GET /x\", credential: nobody}]", "1:11"),
        ("routes: [{match: \"GET /x\"}, {match: \"GET /x\"}]", "1:11"),
        ("routes: [{match: \"GET /x\", name: a b}]", "1:11"),
    ])
    func mistakesAreNamedWithTheirPlace(yaml: String, place: String) {
        do throws(ConfigurationFailure) {
            _ = try load(yaml + "\n")
            Issue.record("it loads")
        } catch {
            #expect(error.problems.map(\.place.description) == ["/etc/cartouche/c.yaml:\(place)"], "\(error.problems)")
        }
    }
}
