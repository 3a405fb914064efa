import Sandbox
import Testing

/// MCP and the chat: JSON or an event stream.
@Suite struct EventStreamTests {
    private let bench = Bench()

    private func call(
        _ body: String, accept: String = "application/json", _ more: [(name: String, value: String)] = Bench.apiToken
    ) -> SandboxAnswer {
        bench.ask("POST", "/mcp/ac_sandbox", more + [("Accept", accept)], body: body)
    }

    @Test func initializes() throws {
        let answer = call(
            #"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-03-26","capabilities":{}}}"#
        )
        let result = json(answer)["result"]
        #expect(result?["protocolVersion"] == "2025-03-26")
        let session = try #require(answer.first("mcp-session-id"))
        #expect(call(#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#).status == 202)
        let ping = #"{"jsonrpc":"2.0","id":"p","method":"ping"}"#
        #expect(
            json(call(ping, Bench.apiToken + [("Mcp-Session-Id", session)])) == [
                "jsonrpc": "2.0", "id": "p", "result": [:],
            ])
        #expect(call(ping, Bench.apiToken + [("Mcp-Session-Id", "other")]).status == 404)
    }

    @Test func showsTheSmallTokenFewerTools() {
        let list = #"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#
        #expect(json(call(list))["result"]?["tools"]?.asArray?.count == 1)
        #expect(json(call(list, bench.oauthToken()))["result"]?["tools"]?.asArray?.count == 2)
        let connections = #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_connections"}}"#
        #expect(json(call(connections))["error"]?["code"] == -32602)
        #expect(json(call(connections, bench.oauthToken()))["result"]?["isError"] == false)
    }

    @Test func runsAQueryAndStreamsItsProgress() throws {
        let body = """
            {"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"run_query","_meta":{"progressToken":"t"},\
            "arguments":{"query":"SELECT iata FROM airports LIMIT 1"}}}
            """
        let content: JSONValue = [["type": "text", "text": #"[{"iata":"ATL"}]"#]]
        #expect(json(call(body))["result"]?["content"] == content)
        let answer = call(body, accept: "application/json, text/event-stream;q=0.9")
        #expect(answer.first("Content-Type") == "text/event-stream")
        guard case .events(let events, interval: _) = answer.body else {
            Issue.record("no event stream")
            return
        }
        #expect(events.count == 4)
        let first = String(decoding: events[0], as: UTF8.self)
        #expect(first.hasPrefix("event: message\nid: 1\ndata: {") && first.hasSuffix("}\n\n"))
        let last = String(decoding: events[3], as: UTF8.self)
        let data = try #require(last.split(separator: "\n").last?.dropFirst("data: ".count))
        #expect(try JSONReader.read(Array(data.utf8))["result"]?["content"] == content)
    }

    @Test(arguments: [
        ("{", 400, -32700), ("[]", 400, -32600), (#"{"jsonrpc":"1.0","id":1,"method":"ping"}"#, 400, -32600),
        (#"{"jsonrpc":"2.0","id":1,"method":"nothing"}"#, 200, -32601),
        (#"{"jsonrpc":"2.0","id":1,"method":"tools/call"}"#, 200, -32602),
        (#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"run_query"}}"#, 200, -32602),
    ])
    func refuses(_ body: String, _ status: Int, _ code: Int64) {
        let answer = call(body)
        #expect(answer.status == status)
        #expect(json(answer)["error"]?["code"] == .integer(code))
    }

    @Test func tellsOfAStatementThatFailed() {
        let body = """
            {"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"run_query","arguments":{"query":"DROP TABLE x"}}}
            """
        #expect(json(call(body))["result"]?["isError"] == true)
    }

    @Test func chats() {
        let oauth = bench.oauthToken()
        let whole = bench.ask(
            of: bench.ai, "POST", "/v1/chat/completions", oauth,
            body: #"{"messages":[{"role":"user","content":"a b c"}]}"#)
        #expect(json(whole)["choices"]?.asArray?.first?["message"]?["content"] == "a b c")
        let streamed = bench.ask(
            of: bench.ai, "POST", "/v1/chat/completions", oauth,
            body: #"{"stream":true,"messages":[{"role":"user","content":"a b c"}]}"#)
        guard case .events(let events, interval: _) = streamed.body else {
            Issue.record("no event stream")
            return
        }
        #expect(events.count == 5)
        #expect(events.last == Array("data: [DONE]\n\n".utf8))
        #expect(bench.ask(of: bench.ai, "GET", "/v1/models", oauth).status == 200)
        #expect(bench.ask(of: bench.ai, "GET", "/v1/models").status == 403)
        #expect(bench.ask(of: bench.ai, "GET", "/v1/models", []).status == 401)
        #expect(bench.ask(of: bench.ai, "POST", "/v1/chat/completions", oauth, body: "{}").status == 400)
    }
}
