import Policy
import Testing
import Wire

/// What `read_only` says of a request; nil: it reads.
private func refusal(
    _ reads: Reads = .ifStatement(.q), query: String? = nil, body: String = "", as kind: BodyKind = .unreadable
) -> ReadOnlyRefusal? {
    do throws(ReadOnlyRefusal) {
        guard var judge = ReadOnlyJudge(reads) else { return reads == .never ? .routeWrites : nil }
        if let query { try judge.judge(query: Array(query.utf8).span) }
        try judge.judge(body: Array(body.utf8).span, as: kind)
        try judge.finish()
        return nil
    } catch {
        return error
    }
}

private func kind(_ fields: String) throws -> BodyKind {
    var head = RequestHead()
    try head.parse(Array("POST / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n".utf8).span)
    return BodyKind.of(head)
}

struct ReadOnlyJudgeTests {
    @Test(arguments: [
        "q=SELECT+1", "q=SELECT%201", "a=1&q=SELECT%20'%25'&client=x", "%71=SELECT+1", "&&q=SELECT+1&",
        "q=SELECT+1%3B", "query=DROP&q=SELECT+1", "qq=1&q=SELECT+1", "tag-q=DROP&q=SELECT+1",
    ])
    func aReadingStatementInTheQueryPasses(query: String) {
        #expect(refusal(query: query) == nil)
    }

    @Test(arguments: [
        ("q=DROP+TABLE+t", ReadOnlyRefusal.sql(.statementKind)),
        ("q=", .sql(.empty)), ("q", .sql(.empty)),
        ("q=SELECT+1;q=DROP+TABLE+t", .sql(.severalStatements)),
        ("q=SELECT+1&q=SELECT+1", .statementRepeated),
        ("q=SELECT+1&%71=DROP+TABLE+t", .statementRepeated),
        ("q=SELECT+1&Q=DROP", .statementAmbiguous), ("q=SELECT+1&q[]=DROP", .statementAmbiguous),
        ("q=SELECT+1&q%5B0%5D=DROP", .statementAmbiguous), ("q=SELECT+1&[q]=DROP", .statementAmbiguous),
        ("q=SELECT+1&+q=DROP", .statementAmbiguous), ("q=SELECT+1&q%00=DROP", .statementAmbiguous),
        ("a=1;q=DROP&q=SELECT+1", .statementAmbiguous), ("a;Q=DROP&q=SELECT+1", .statementAmbiguous),
        ("q=SELECT+'100%'", .statementNotText), ("q=SELECT+%u0027", .statementNotText), ("q=SELECT+1%2", .statementNotText),
        ("q=SELECT+%ff", .sql(.notUTF8)), ("query=SELECT+1", .statementMissing), ("", .statementMissing),
    ])
    func anythingElseInTheQueryIsRefused(query: String, expected: ReadOnlyRefusal) {
        #expect(refusal(query: query) == expected)
    }

    @Test func formBodiesAreReadAsQueriesAre() {
        #expect(refusal(body: "q=SELECT+1&client=qgis", as: .form) == nil)
        #expect(refusal(body: "q=DELETE+FROM+t", as: .form) == .sql(.statementKind))
        #expect(refusal(body: "q=SELECT+1&q=SELECT+1", as: .form) == .statementRepeated)
    }

    @Test(arguments: [
        #"{"q":"SELECT 1"}"#, #" {"queryParameters":{"q":"DROP"},"q":"SELECT 1"} "#, #"{"\u0071":"SELECT 1"}"#,
        #"{"a":[{"q":1}],"q":"SELECT \"x\" FROM t"}"#,
    ])
    func aReadingStatementInJSONPasses(body: String) {
        #expect(refusal(body: body, as: .json) == nil)
    }

    @Test(arguments: [
        (#"{"q":"DROP TABLE t"}"#, ReadOnlyRefusal.sql(.statementKind)),
        (#"{"q":"SELECT 1","q":"DROP TABLE t"}"#, .statementRepeated),
        (#"{"q":"SELECT 1","\u0071":"DROP TABLE t"}"#, .statementRepeated),
        (#"{"q":"SELECT 1","Q":"DROP TABLE t"}"#, .statementAmbiguous),
        (#"{"q":["DROP TABLE t"]}"#, .statementNotText), (#"{"q":{"q":"SELECT 1"}}"#, .statementNotText),
        (#"{"q":1}"#, .statementNotText), (#"{"q":null}"#, .statementNotText), (#"{"q":"SELECT '\ud800'"}"#, .statementNotText),
        (#"{"a":{"q":"SELECT 1"}}"#, .statementMissing), (#"{}"#, .statementMissing),
        (#"["SELECT 1"]"#, .bodyUnreadable), (#"{"q":"SELECT 1"} x"#, .bodyUnreadable), (#"{"q":"SELECT 1""#, .bodyUnreadable),
        (#"{"q":"SELECT 1",}"#, .bodyUnreadable), ("\u{FEFF}{\"q\":\"SELECT 1\"}", .bodyUnreadable),
        (#"{'q':'SELECT 1'}"#, .bodyUnreadable), ("q=SELECT+1", .bodyUnreadable),
    ])
    func anythingElseInJSONIsRefused(body: String, expected: ReadOnlyRefusal) {
        #expect(refusal(body: body, as: .json) == expected)
    }

    @Test func theQueryAndTheBodyAreBothJudged() {
        let reads = #"{"q":"SELECT 1"}"#
        #expect(refusal(query: "q=SELECT+2", body: reads, as: .json) == nil)
        #expect(refusal(query: "q=DROP+TABLE+t", body: reads, as: .json) == .sql(.statementKind))
        #expect(refusal(query: "q=SELECT+1", body: #"{"q":"DROP TABLE t"}"#, as: .json) == .sql(.statementKind))
        #expect(refusal(query: "q=SELECT+1", body: "anything", as: .unreadable) == .bodyUnreadable)
    }

    @Test func aRequestThatNeedsNoStatementMayHaveNone() {
        #expect(refusal(.ifAnyStatement(.q)) == nil)
        #expect(refusal(.ifAnyStatement(.q), query: "name=a.b.c") == nil)
        #expect(refusal(.ifAnyStatement(.q), body: #"{"name":"a.b.c"}"#, as: .json) == nil)
        #expect(refusal(.ifAnyStatement(.q), query: "q=DROP+TABLE+t") == .sql(.statementKind))
        #expect(refusal(.ifAnyStatement(.q), query: "q[]=x") == .statementAmbiguous)
    }

    @Test func theMemberHasItsOwnName() {
        #expect(refusal(.ifStatement(.query), body: #"{"query":"SELECT 1","q":"DROP"}"#, as: .json) == nil)
        #expect(refusal(.ifStatement(.query), body: #"{"q":"SELECT 1"}"#, as: .json) == .statementMissing)
        #expect(refusal(.ifAnyStatement(.source), query: "source=carto.dw.table") == nil)
        #expect(refusal(.ifAnyStatement(.source), query: "source=SELECT+*+FROM+t") == nil)
        #expect(refusal(.ifAnyStatement(.source), query: "source=DROP+TABLE+t") == .sql(.statementKind))
    }

    @Test(arguments: [
        "aggregationExp=sum(pop)+as+total,max(pop)", "name=carto.shared.update", "columns=a,b", "columns=delete", "client=x",
        "params=%7B%22column%22%3A%22set%22%2C%22operationExp%22%3A%22sum(x)%22%7D", "deckglVersion=9.0.1-beta.2", "v=",
        "filters=%7B%22kind%22%3A%7B%22in%22%3A%7B%22values%22%3A%5B%22Call+center%22%2C%22O'Hare%22%5D%7D%7D%7D",
        "queryParameters=%7B%22a%22%3A%22it's+set;%22%7D", "source=a.b.c", "query=SELECT+2", "spatialFilters=%7B%7D",
    ])
    func valuesThatOnlyReadPass(query: String) {
        #expect(refusal(query: "q=SELECT+1&\(query)") == nil)
        #expect(refusal(.ifAnyStatement(.q), body: query, as: .form) == nil)
    }

    @Test(arguments: [
        "aggregationExp=1)%3B+DROP+TABLE+t", "aggregationExp=1+into+x", "columns=a,delete", "x=a%3Bb", "insert+into=1",
        "params=%7B%22operationExp%22%3A%22(delete+from+t)%22%7D", "params=%7B%22a%22:%22dr\\u006fp%20t%22%7D",
        "params=%7B%22operationExp%22%3A%22a%3Bb%22%7D", "filters=x'+or+delete", "Filters=%7B%22a%22:%22Call+x%22%7D",
        "filters=%7B%22a'+drop+x%22%3A1%7D", "filters=%7B%22a%22%3A%7B%22in%22%3A%5B%22'+call+x%22%5D%7D%7D",
        "QueryParameters=call+x", "x=delete%C2%A0from%C2%A0t", "x=1/**/into/**/t", "x=%7B%22a%22%3A%22%5C%5C%22%2C%22b%22%3A%22x+y%22%7D",
    ])
    func valuesThatCouldMakeAStatementWriteAreRefused(query: String) {
        #expect(refusal(query: "q=SELECT+1&\(query)") == .valueMayWrite)
        #expect(refusal(.ifAnyStatement(.q), body: query, as: .form) == .valueMayWrite)
    }

    @Test(arguments: ["query", "sql", "SQL", "statement", "source", "sqlQuery", "query[]"])
    func whatAnotherServerTakesForTheStatementIsJudgedAsOne(name: String) {
        #expect(refusal(query: "q=SELECT+1&\(name)=COPY+t+FROM+x") == .sql(.statementKind))
        let body = #"{"a":{"\#(name)":["COPY t FROM x"]},"q":"SELECT 1"}"#
        #expect(refusal(body: body, as: .json) == .sql(.statementKind))
    }

    @Test(arguments: [
        #"{"params":{"operationExp":"sum(x)","columns":["a","set"]},"source":"a.b"}"#,
        #"{"filters":{"Call type":{"in":{"values":["Drop in; set up",1,null]}}}}"#,
        #"{"queryParameters":["it's;","drop table t"],"q":"SELECT ?"}"#,
        #"{"spatialFilters":{"geom":{"type":"Polygon","coordinates":[[[0,1],[2,3]]]}},"name":"x y"}"#,
    ])
    func membersThatOnlyReadPass(body: String) {
        #expect(refusal(.ifAnyStatement(.q), body: body, as: .json) == nil)
    }

    @Test(arguments: [
        #"{"params":{"operationExp":"sum(x); drop table t"}}"#, #"{"params":[{"a":"x"},"delete from t"]}"#,
        #"{"params":{"drop table t":1}}"#, #"{"delete from t":1}"#, #"{"params":{"a":"(\u0064elete from t)"}}"#,
        #"{"filters":{"a":{"in":{"values":["x' ; drop table t"]}}}}"#, #"{"filters":{"a\" ; drop table t":1}}"#,
        #"{"params":{"queryParameters":{"a":"drop table t"}}}"#, #"{"params":{"filters":{"a":"drop table t"}}}"#,
    ])
    func membersThatCouldMakeAStatementWriteAreRefused(body: String) {
        #expect(refusal(.ifAnyStatement(.q), body: body, as: .json) == .valueMayWrite)
    }

    @Test(arguments: [
        ("/v3/stats/carto_dw/a.b.c/update", nil), ("/v3/stats/carto_dw/two%20words", nil),
        ("/v3/stats/carto_dw/x%20into%20y", ReadOnlyRefusal.valueMayWrite), ("/v3/stats/c/(delete%20from%20t)/x", .valueMayWrite),
    ])
    func thePathIsJudgedToo(path: String, expected: ReadOnlyRefusal?) throws {
        let judge = try #require(ReadOnlyJudge(.ifAnyStatement(.q)))
        var found: ReadOnlyRefusal?
        do throws(ReadOnlyRefusal) { try judge.judge(path: Array(path.utf8).span) } catch { found = error }
        #expect(found == expected)
    }

    @Test(arguments: ReadOnlyCase.bodies, 0..<24)
    func noStatementPassesBehindABrokenBody(body: String, cut: Int) {
        // Whatever is cut off the end of a writing body, it never becomes a reading one.
        let text = String(decoding: Array(body.utf8).dropLast(cut), as: UTF8.self)
        guard !text.isEmpty else { return }
        #expect(refusal(body: text, as: body.utf8.first == UInt8(ascii: "{") ? .json : .form) != nil)
    }

    @Test func theTypeOfABodyIsTakenStrictly() throws {
        #expect(try kind("Content-Type: application/json\r\n") == .json)
        #expect(try kind("Content-Type: Application/JSON ; charset=UTF-8\r\n") == .json)
        #expect(try kind("Content-Type: application/json;charset=\"utf-8\"\r\n") == .json)
        #expect(try kind("Content-Type: application/x-www-form-urlencoded\r\n") == .form)
        for fields in [
            "", "Content-Type: text/plain\r\n", "Content-Type: application/json; charset=utf-16\r\n",
            "Content-Type: application/json; charset=utf-7\r\n", "Content-Type: application/json; x=y\r\n",
            "Content-Type: application/json\r\nContent-Encoding: gzip\r\n",
            "Content-Type: application/json\r\nContent-Type: application/x-www-form-urlencoded\r\n",
            "Content-Type: application/x-www-form-urlencodedx\r\n", "Content-Type: multipart/form-data; boundary=a\r\n",
        ] {
            #expect(try kind(fields) == .unreadable, "\(fields)")
        }
    }
}

enum ReadOnlyCase {
    static let bodies = [
        #"{"a":{"b":[1,2]},"q":"DELETE FROM t"}"#, #"{"q":"INSERT INTO t VALUES (1)"}"#,
        "client=x&q=INSERT+INTO+t+VALUES+(1,2)", "q=MERGE+INTO+a+USING+b+ON+TRUE+WHEN+MATCHED+THEN+DELETE",
    ]
}
