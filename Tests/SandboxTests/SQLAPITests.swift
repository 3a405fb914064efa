import Sandbox
import Testing

@Suite struct SQLAPITests {
    private let bench = Bench()
    private let form: [(name: String, value: String)] =
        Bench.apiToken + [
            ("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
        ]

    @Test func answersGETFormAndJSONAlike() {
        let statement = "SELECT name FROM airports WHERE iata = 'LIS'"
        let expected: JSONValue = [["name": "Humberto Delgado"]]
        #expect(json(bench.query(statement))["rows"] == expected)
        let byForm = bench.ask("POST", "/v3/sql/carto_dw/query", form, body: "q=\(percentEncoded(statement))")
        #expect(json(byForm)["rows"] == expected)
        let byJSON = bench.ask("POST", "/v3/sql/carto_dw/query", body: #"{"q":"\#(statement)"}"#)
        #expect(json(byJSON)["rows"] == expected)
        #expect(json(byJSON)["schema"] == [["name": "name", "type": "string"]])
        #expect(byJSON.first("Cache-Control") == "no-store")
    }

    @Test(arguments: [
        (#"{"q":"SELECT iata FROM airports WHERE iata = @c","queryParameters":{"c":"LIS"}}"#, "LIS"),
        (#"{"q":"SELECT iata FROM airports WHERE city = ? AND iata <> ?","queryParameters":["London","LHR"]}"#, "LGW"),
        (#"{"q":"SELECT iata FROM airports WHERE iata = $2","queryParameters":["LHR","MAD"]}"#, "MAD"),
    ])
    func takesParameters(_ body: String, _ expected: String) {
        let answer = bench.ask("POST", "/v3/sql/carto_dw/query", body: body)
        #expect(json(answer)["rows"] == [["iata": .text(expected)]])
    }

    @Test(arguments: [
        #"{"q":"SELECT @c"}"#, #"{"q":"SELECT ?","queryParameters":[]}"#, #"{"q":"SELECT $0","queryParameters":[1]}"#,
        #"{"q":"SELECT $9223372036854775807","queryParameters":[1]}"#,
        #"{"q":"SELECT @c","queryParameters":{"c":[1]}}"#,
        #"{"q":5}"#, #"{"x":"SELECT 1"}"#, "[]", "{", "null", "",
    ])
    func refusesTheBody(_ body: String) {
        let answer = bench.ask("POST", "/v3/sql/carto_dw/query", body: body)
        #expect(answer.status == 400)
    }

    @Test func runsANamedSourceByItsName() {
        let oauth = bench.oauthToken()
        let body = #"{"name":"lisbon","source":"SELECT iata FROM airports WHERE city = @city"}"#
        _ = bench.ask("POST", "/v3/named-sources", oauth, body: body)
        let answer = bench.ask(
            "POST", "/v3/sql/carto_dw/query", body: #"{"q":" lisbon ","queryParameters":{"city":"Lisbon"}}"#)
        #expect(json(answer)["rows"] == [["iata": "LIS"]])
    }

    @Test(arguments: [0, 1, 2, 64, 65, 66, 1000])
    func describesARunOfEqualRows(count: Int) throws {
        let answer = bench.query("SELECT * FROM synthetic_rows LIMIT \(count)")
        guard case .repeated(let block) = answer.body else {
            Issue.record("the rows are written out")
            return
        }
        #expect(block.length == Int64(bytes(answer).count))
        #expect(json(answer)["rows"]?.asArray?.count == count)
    }

    @Test func saysTheLengthOfATebibyte() {
        guard case .repeated(let block) = bench.query("SELECT * FROM synthetic_rows LIMIT 9999999999999").body else {
            Issue.record("the rows are written out")
            return
        }
        #expect(block.length > 1 << 40)
        #expect(block.block.count == 65_536)
    }

    @Test func runsJobs() throws {
        let started = json(bench.ask("POST", "/v3/sql/carto_dw/job", body: #"{"query":"CREATE TABLE t AS SELECT 1"}"#))
        #expect(started["status"] == "pending")
        #expect(started["createdAt"] == "2025-06-15T15:06:40.000Z")
        let id = try #require(started["externalId"]?.asText)
        func status(_ later: Int64) -> JSONValue? {
            json(bench.ask("GET", "/v3/sql/carto_dw/job/\(id)", now: Bench.now + later))["status"]
        }
        #expect(status(1) == "running")
        #expect(status(2) == "success")
        #expect(json(bench.get("/v3/sql/jobs")).asArray?.count == 1)
        #expect(bench.ask("DELETE", "/v3/sql/carto_dw/job/\(id)", now: Bench.now + 2).status == 409)
        #expect(json(bench.ask("DELETE", "/v3/sql/carto_dw/job/\(id)", now: Bench.now + 1))["status"] == "cancelled")
        #expect(status(5) == "cancelled")
        #expect(bench.get("/v3/sql/carto_dw/job/none").status == 404)
        #expect(bench.ask("POST", "/v3/sql/carto_dw/job", body: #"{"query":" "}"#).status == 400)
    }

    @Test(
        arguments: [
            ("formula", #"{"column":"elevation_ft","operation":"max"}"#, #"[{"value":8361}]"#),
            ("formula", #"{"column":"*","operation":"count"}"#, #"[{"value":54}]"#),
            (
                "histogram", #"{"column":"elevation_ft","ticks":[0,1000]}"#,
                #"[{"tick":0,"value":1},{"tick":1,"value":41},{"tick":2,"value":12}]"#
            ),
            ("range", #"{"column":"elevation_ft"}"#, #"[{"min":-11,"max":8361}]"#),
            ("pick", #"{"featureIds":[3],"uniqueIdProperty":"id"}"#, nil),
            ("scatterplot", #"{"xAxisColumn":"lon","yAxisColumn":"lat"}"#, nil),
            (
                "table", #"{"column":["iata"],"sortBy":"iata","sortDirection":"desc","limit":2,"offset":1}"#,
                #"[{"iata":"YYZ"},{"iata":"YVR"}]"#
            ),
            (
                "aggregations", #"{"aggregations":[{"column":"elevation_ft","operation":"min","alias":"low"}]}"#,
                #"[{"low":-11}]"#
            ),
        ] as [(String, String, String?)])
    func calculates(_ model: String, _ parameters: String, _ expected: String?) throws {
        let answer = bench.get(
            "/v3/sql/carto_dw/model/\(model)?type=table&source=airports&params=\(percentEncoded(parameters))")
        #expect(answer.status == 200, "\(text(answer))")
        let rows = try #require(json(answer)["rows"]?.asArray)
        #expect(!rows.isEmpty)
        if let expected { #expect(JSONValue.array(rows) == (try JSONReader.read(Array(expected.utf8)))) }
    }

    @Test func countsCategoriesOfFilteredRows() {
        let body = """
            {"type":"query","source":"SELECT * FROM airports","params":{"column":"country","operation":"count"},\
            "filters":{"country":{"in":{"values":["Spain","Italy","China"]}},"elevation_ft":{"between":{"values":[[0,100]]}}}}
            """
        let answer = bench.ask("POST", "/v3/sql/carto_dw/model/category", body: body)
        #expect(
            json(answer)["rows"] == [
                ["name": "China", "value": 2], ["name": "Spain", "value": 1], ["name": "Italy", "value": 1],
            ], "\(text(answer))")
    }

    @Test(arguments: [
        ("formula", "{}", 200), ("formula", #"{"operation":"sum"}"#, 400), ("formula", #"{"operation":"median"}"#, 400),
        ("histogram", #"{"column":"elevation_ft"}"#, 400), ("histogram", #"{"column":"iata","ticks":[1]}"#, 400),
        ("category", "{}", 400), ("category", #"{"column":"nothing"}"#, 400), ("timeseries", "{}", 400),
        ("unknown", "{}", 404), ("table", #"{"limit":-5,"offset":-7,"column":["iata"]}"#, 200),
        ("table", #"{"limit":1e300}"#, 200),
        ("aggregations", "{}", 400), ("pick", #"{"uniqueIdProperty":"x"}"#, 400), ("range", "[]", 400),
    ])
    func refusesModels(_ model: String, _ parameters: String, _ status: Int) {
        let answer = bench.get(
            "/v3/sql/carto_dw/model/\(model)?type=table&source=airports&params=\(percentEncoded(parameters))")
        #expect(answer.status == status, "\(text(answer))")
    }

    @Test(arguments: 0..<3)
    func refusesStatementsThatCostTooMuch(_ kind: Int) {
        let statement = [
            "SELECT " + Array(repeating: "*", count: 101).joined(separator: ",") + " FROM airports",
            "SELECT * FROM airports WHERE id IN (" + Array(repeating: "1", count: 10_001).joined(separator: ",") + ")",
            "SELECT '" + String(repeating: "x", count: 1 << 18) + "'",
        ][kind]
        let body = String(decoding: JSONWriter.write(["q": .text(statement)]), as: UTF8.self)
        let answer = bench.ask("POST", "/v3/sql/carto_dw/query", body: body)
        #expect(answer.status == 400)
        #expect(text(answer).utf8.count < 200)
    }
}
