import Sandbox
import Testing

/// Tokens, named sources, connections, what the organization owns.
@Suite struct ManagementTests {
    private let bench = Bench()

    @Test func makesTokensThatOpenWhatTheyGrant() throws {
        let oauth = bench.oauthToken()
        let body = """
            {"grants":[{"connection_name":"carto_dw","source":"carto-demo-data.demo_tables.air*"}],\
            "allowed_apis":["sql"],"referers":["https://app.example"]}
            """
        let made = bench.ask("POST", "/v3/tokens", oauth, body: body)
        #expect(made.first("Cache-Control") == "no-store")
        let token = try #require(json(made)["token"]?.asText)
        func status(_ target: String, _ more: [(name: String, value: String)] = []) -> Int {
            bench.get(target, [("Authorization", "Bearer \(token)")] + more).status
        }
        #expect(status("/v3/sql/carto_dw/query?q=SELECT+iata+FROM+airports") == 200)
        #expect(status("/v3/sql/carto_dw/query?q=SELECT+name+FROM+populated_places") == 403)
        #expect(status("/v3/maps/carto_dw/table?name=airports") == 403)
        #expect(status("/v3/sql/carto_dw/query?q=SELECT+1", [("Origin", "https://app.example")]) == 200)
        #expect(status("/v3/sql/carto_dw/query?q=SELECT+1", [("Origin", "http://localhost:22786")]) == 403)

        let path = "/v3/tokens/\(token)"
        let wider = #"{"allowed_apis":["sql","maps"],"token":"other"}"#
        #expect(json(bench.ask("PATCH", path, oauth, body: wider))["token"]?.asText == token)
        #expect(status("/v3/maps/carto_dw/table?name=airports") == 200)
        #expect(json(bench.get("/v3/tokens", oauth)).asArray?.count == 2)
        #expect(bench.ask("DELETE", path, oauth).status == 204)
        #expect(bench.get(path, oauth).status == 404)
        #expect(status("/v3/sql/carto_dw/query?q=SELECT+1") == 401)
    }

    @Test(arguments: [
        "{}", #"{"grants":[]}"#, #"{"grants":"x"}"#, #"{"grants":[{"source":"*"}]}"#,
        #"{"grants":[{"connection_name":"*","source":"*"}],"allowed_apis":["all"]}"#,
        #"{"grants":[{"connection_name":"*","source":"*"}],"referers":[1]}"#,
    ])
    func refusesTokens(_ body: String) {
        #expect(bench.ask("POST", "/v3/tokens", bench.oauthToken(), body: body).status == 400)
    }

    @Test func keepsNamedSources() {
        let oauth = bench.oauthToken()
        let body = #"{"name":"a b","source":"SELECT 1"}"#
        #expect(bench.ask("POST", "/v3/named-sources", oauth, body: body).status == 200)
        #expect(bench.ask("POST", "/v3/named-sources", oauth, body: body).status == 409)
        #expect(json(bench.get("/v3/named-sources/a%20b", oauth))["source"] == "SELECT 1")
        let changed = bench.ask("PATCH", "/v3/named-sources/a%20b", oauth, body: #"{"source":"SELECT 2"}"#)
        #expect(json(changed)["source"] == "SELECT 2")
        #expect(json(bench.get("/v3/named-sources", oauth)).asArray?.count == 1)
        #expect(bench.ask("DELETE", "/v3/named-sources/a%20b", oauth).status == 204)
        #expect(bench.get("/v3/named-sources/a%20b", oauth).status == 404)
        #expect(bench.ask("POST", "/v3/named-sources", oauth, body: #"{"name":"x"}"#).status == 400)
    }

    @Test func neverTellsAConnectionsCredentials() throws {
        let oauth = bench.oauthToken()
        let body = #"{"name":"mine","provider_id":"postgres","password":"hunter2"}"#
        let made = bench.ask("POST", "/v3/connections", oauth, body: body)
        let id = try #require(json(made)["id"]?.asText)
        #expect(!text(made).contains("hunter2"))
        #expect(!text(bench.get("/v3/connections", oauth)).contains("hunter2"))
        #expect(bench.get("/v3/sql/mine/query?q=SELECT+1").status == 200)
        #expect(bench.ask("POST", "/v3/connections", oauth, body: body).status == 409)
        #expect(json(bench.ask("PATCH", "/v3/connections/\(id)", oauth, body: #"{"name":"ours"}"#))["name"] == "ours")
        #expect(bench.ask("DELETE", "/v3/connections/\(id)", oauth).status == 204)
        #expect(bench.get("/v3/sql/ours/query?q=SELECT+1").status == 404)
    }

    @Test func listsWhatAConnectionHolds() {
        let oauth = bench.oauthToken()
        let tables = json(bench.get("/v3/connections/carto_dw/resources/carto-demo-data/demo_tables", oauth))
        #expect(tables["children"]?.asArray?.last?["id"] == .text(DataSet.airports))
        let table = json(bench.get("/v3/connections/carto_dw/resources/\(DataSet.airports)", oauth))
        #expect(table["schema"]?.asArray?.count == 9)
        #expect(bench.get("/v3/connections/carto_dw/resources/other", oauth).status == 404)
        let warehouse = bench.get("/v3/connections/carto-dw/token", oauth)
        #expect(json(warehouse)["access_token"]?.asText?.hasPrefix("ya29.") == true)
        #expect(warehouse.first("ETag") == nil)
    }

    @Test func deletesAndGivesAwayWhatTheOrganizationOwns() throws {
        let oauth = bench.oauthToken()
        let maps = try #require(json(bench.get("/v3/organization-maps", oauth))["data"]?.asArray)
        #expect(maps.count == 3)
        let ids = maps.compactMap { $0["id"]?.asText }
        #expect(bench.ask("DELETE", "/v3/organization-maps/\(ids[0])", oauth).status == 204)
        #expect(bench.ask("DELETE", "/v3/organization-maps/\(ids[0])", oauth).status == 404)
        let gift = #"{"ids":["\#(ids[1])","none"],"newOwner":"else@sandbox.invalid"}"#
        let given = bench.ask("POST", "/v3/accounts/resources/transfer", oauth, body: gift)
        #expect(json(given) == ["transferred": 1])
        let all = json(bench.get("/v3/accounts/resources", oauth))
        #expect(all["total"] == 3)
        #expect(all["data"]?.asArray?.contains { $0["ownerEmail"] == "else@sandbox.invalid" } == true)
        let batch = #"{"ids":["\#(ids[1])","\#(ids[2])"]}"#
        #expect(json(bench.ask("POST", "/v3/accounts/resources/delete-batch", oauth, body: batch)) == ["deleted": 2])
    }

    @Test func refusesToKeepWhatIsLarge() {
        let body = #"{"name":"x","source":"\#(String(repeating: "x", count: 1 << 16))"}"#
        #expect(bench.ask("POST", "/v3/named-sources", bench.oauthToken(), body: body).status == 413)
    }

    @Test func isFullOneDay() {
        let oauth = bench.oauthToken()
        var last = 200
        for number in 0...1000 {
            last = bench.ask("POST", "/v3/named-sources", oauth, body: #"{"name":"\#(number)","source":"x"}"#).status
        }
        #expect(last == 429)
    }
}
