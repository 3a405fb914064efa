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
