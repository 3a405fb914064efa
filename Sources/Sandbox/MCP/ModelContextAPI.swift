/// `POST /mcp/{account}`: the Model Context Protocol over streamable HTTP, with a few tools. Whoever comes
/// with an API Access Token sees fewer of them.
struct ModelContextAPI {
    let account: String

    private static let versions = ["2025-06-18", "2025-03-26", "2024-11-05"]

    func answer(_ exchange: Exchange) throws(Refusal) -> SandboxAnswer {
        guard exchange.method == "POST" else { throw .methodNotAllowed(["POST"]) }
        let caller = try Caller.of(exchange.request, query: exchange.query, state: exchange.state, now: exchange.now)
        let message: JSONValue
        do {
            message = try JSONReader.read(exchange.request.body)
        } catch {
            return SandboxAnswer(json: ModelContextError.parse.json(id: .null), status: 400)
        }
        guard message["jsonrpc"]?.asText == "2.0", let method = message["method"]?.asText else {
            return SandboxAnswer(json: ModelContextError.request.json(id: message["id"] ?? .null), status: 400)
        }
        // A notification is accepted and not answered (JSON-RPC 2.0 §4.1).
        guard let id = message["id"] else { return SandboxAnswer(status: 202) }
        if method == "initialize" { return initialize(message, id: id, exchange) }
        if let session = exchange.request.first("Mcp-Session-Id") {
            guard exchange.state.update({ $0.modelContextSessions[session] != nil }) else {
                throw .notFound("Session")
            }
        }
        let parameters = message["params"] ?? [:]
        let tools = ModelContextTools(caller: caller, exchange: exchange)
        let response: JSONValue
        do throws(ModelContextError) {
            response = ["jsonrpc": "2.0", "id": id, "result": try result(of: method, parameters, tools)]
        } catch {
            response = error.json(id: id)
        }
        return reply(response, progress: parameters["_meta"]?["progressToken"], exchange)
    }

    private func result(
        of method: String, _ parameters: JSONValue, _ tools: ModelContextTools
    ) throws(ModelContextError) -> JSONValue {
        switch method {
        case "ping": return [:]
        case "tools/list": return ["tools": .array(tools.list)]
        case "tools/call": return try tools.call(parameters)
        default: throw .method
        }
    }

    private func initialize(_ message: JSONValue, id: JSONValue, _ exchange: Exchange) -> SandboxAnswer {
        let asked = message["params"]?["protocolVersion"]?.asText
        let version = Self.versions.first { $0 == asked } ?? Self.versions[0]
        let session = Randomness.uuid()
        exchange.state.update { $0.modelContextSessions.push(version, under: session) }
        let response: JSONValue = [
            "jsonrpc": "2.0", "id": id,
            "result": [
                "protocolVersion": .text(version), "capabilities": ["tools": ["listChanged": false]],
                "serverInfo": ["name": "cartouche-sandbox", "version": "1.0.0"],
                "instructions": .text("A sandbox of the account \(account): cities and airports of the world."),
            ],
        ]
        var answer = reply(response, progress: nil, exchange)
        answer.fields.append(("Mcp-Session-Id", session))
        return answer
    }

    /// As an event stream to a client that reads one, in front of the response as much progress as it asked for.
    private func reply(_ response: JSONValue, progress token: JSONValue?, _ exchange: Exchange) -> SandboxAnswer {
        guard exchange.accepts("text/event-stream") else { return SandboxAnswer(json: response) }
        var messages: [JSONValue] = []
        if let token {
            for step in 1...3 {
                messages.append([
                    "jsonrpc": "2.0", "method": "notifications/progress",
                    "params": ["progressToken": token, "progress": JSONValue(step), "total": 3],
                ])
            }
        }
        messages.append(response)
        return SandboxAnswer(
            status: 200, fields: [("Content-Type", "text/event-stream"), ("Cache-Control", "no-cache, no-transform")],
            body: .events(
                messages.enumerated().map { EventStream.event("message", id: $0.offset + 1, data: $0.element) },
                interval: exchange.state.settings.eventInterval))
    }
}
