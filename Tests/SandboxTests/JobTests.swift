import Sandbox
import Testing

/// Imports, exports, activity data.
@Suite struct JobTests {
    private let bench = Bench()

    @Test func runsFiveImportsAtOnce() throws {
        let body = #"{"url":"https://example.com/a.csv","connection":"carto_dw","destination":"a.b.c"}"#
        var ids: [String] = []
        for _ in 0..<5 {
            let answer = bench.ask("POST", "/v3/imports", body: body)
            #expect(answer.status == 200)
            ids.append(try #require(json(answer)["id"]?.asText))
        }
        let sixth = bench.ask("POST", "/v3/imports", body: body)
        #expect(sixth.status == 429)
        #expect(sixth.first("Retry-After") == "2")
        #expect(json(bench.ask("POST", "/v3/imports/\(ids[0])/cancel"))["status"] == "cancelled")
        #expect(bench.ask("POST", "/v3/imports", body: body).status == 200)
        #expect(bench.ask("POST", "/v3/imports", body: body, now: Bench.now + 2).status == 200)
        #expect(json(bench.ask("GET", "/v3/imports/\(ids[1])", now: Bench.now + 2))["status"] == "success")
        #expect(json(bench.get("/v3/imports")).asArray?.count == 7)
        #expect(bench.ask("POST", "/v3/imports/none/cancel").status == 404)
    }

    @Test func countsTheBytesOfAnUpload() {
        let request = SandboxRequest(
            method: "POST", path: "/v3/imports", fields: Bench.apiToken + [("Content-Type", "text/csv")],
            body: [0x61], receivedBytes: 10 << 30)
        #expect(json(bench.api.answer(request, now: Bench.now))["receivedBytes"] == .integer(10 << 30))
    }

    @Test func refusesToReadAnObjectItHasOnlyTheBeginningOf() {
        let request = SandboxRequest(
            method: "POST", path: "/v3/imports", fields: Bench.apiToken, body: Array(#"{"url":"x"}"#.utf8),
            receivedBytes: 1 << 30)
        #expect(bench.api.answer(request, now: Bench.now).status == 413)
    }

    @Test func exportsToASignedURL() throws {
        let answer = bench.ask("POST", "/v3/exports", body: #"{"query":"SELECT iata, city FROM airports LIMIT 2"}"#)
        #expect(!text(answer).contains("signature"))
        let id = try #require(json(answer)["id"]?.asText)
        let done = bench.ask("GET", "/v3/exports/\(id)", now: Bench.now + 2)
        let url = try #require(json(done)["result"]?["downloadUrl"]?.asText)
        #expect(url.hasPrefix("https://storage.sandbox.invalid/exports/\(id).csv?signature="))
        let target = String(url.dropFirst("https://storage.sandbox.invalid".count))
        func download(_ target: String, _ fields: [(name: String, value: String)] = []) -> SandboxAnswer {
            bench.ask(of: bench.storage, "GET", target, fields, now: Bench.now + 2)
        }
        #expect(text(download(target)) == "iata,city\r\nATL,Atlanta\r\nDXB,Dubai\r\n")
        #expect(download(target, Bench.apiToken).status == 400)
        #expect(download(target + "x").status == 403)
        #expect(bench.ask(of: bench.storage, "GET", target, []).status == 403)
        #expect(bench.ask("POST", "/v3/exports", body: #"{"query":"SELECT * FROM nowhere"}"#).status == 400)
        #expect(bench.ask("POST", "/v3/exports", body: #"{"table":"airports"}"#).status == 200)
        #expect(bench.ask("POST", "/v3/exports", body: "{}").status == 400)
    }

    @Test func collectsActivityData() throws {
        let oauth = bench.oauthToken()
        let body = #"{"startDate":"2025-01-01","endDate":"2025-02-01","category":"userActivity"}"#
        func ask(_ method: String, _ path: String, _ fields: [(name: String, value: String)], after: Int64 = 0)
            -> SandboxAnswer
        {
            bench.ask(
                of: bench.accounts, method, path, fields, body: method == "POST" ? body : "", now: Bench.now + after)
        }
        #expect(ask("POST", "/activity-data-jobs", []).status == 401)
        #expect(ask("POST", "/activity-data-jobs", Bench.apiToken).status == 403)
        let started = ask("POST", "/activity-data-jobs", oauth)
        #expect(started.status == 201)
        let path = "/activity-data-jobs/\(try #require(json(started)["id"]?.asText))"
        #expect(json(ask("GET", path, oauth, after: 1))["status"] == "running")
        let done = json(ask("GET", path, oauth, after: 2))
        #expect(done["status"] == "success")
        #expect(done["outputURLs"]?.asArray?.count == 1)
        #expect(json(ask("DELETE", path + "/cancel", oauth, after: 1))["status"] == "cancelled")
        #expect(json(ask("GET", "/users/me", oauth))["account_id"] == "ac_sandbox")
        #expect(json(ask("GET", "/accounts", oauth)).asArray?.count == 1)
        #expect(ask("GET", "/elsewhere", oauth).status == 404)
        #expect(bench.ask(of: bench.accounts, "POST", "/activity-data-jobs", oauth, body: "{}").status == 400)
    }
}
