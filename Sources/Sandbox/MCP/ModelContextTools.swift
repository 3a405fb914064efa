/// The tools: `run_query`, and with an OAuth token `list_connections` too.
struct ModelContextTools {
    let caller: Caller
    let exchange: Exchange

    var list: [JSONValue] {
        let query: JSONValue = [
            "name": "run_query",
            "description": "Runs a SELECT over the demo tables and answers its rows as JSON.",
            "inputSchema": [
                "type": "object", "required": ["query"],
                "properties": ["query": ["type": "string", "description": "The statement."]],
            ],
            "annotations": ["readOnlyHint": true],
        ]
        let connections: JSONValue = [
            "name": "list_connections", "description": "Lists the connections of the account.",
            "inputSchema": ["type": "object", "properties": [:]],
            "annotations": ["readOnlyHint": true],
        ]
        switch caller {
        case .oauth: return [query, connections]
        case .apiAccessToken: return [query]
        }
    }

    /// A tool that fails says so in its result, not as an error of the protocol.
    func call(_ parameters: JSONValue) throws(ModelContextError) -> JSONValue {
        guard let name = parameters["name"]?.asText, list.contains(where: { $0["name"] == .text(name) }) else {
            throw .parameters
        }
        guard name == "run_query" else {
            let names = exchange.state.update { $0.connections.items }
            return Self.content(JSONWriter.write(.array(names)), isError: false)
        }
        guard let text = parameters["arguments"]?["query"]?.asText else { throw .parameters }
        do throws(Refusal) {
            let table = try Source(connection: "carto_dw", caller: caller, exchange).rows(of: text, parameters: nil)
            return Self.content(JSONWriter.write(table.rowsJSON), isError: false)
        } catch {
            return Self.content(Array(error.message.utf8), isError: true)
        }
    }

    private static func content(_ text: [UInt8], isError: Bool) -> JSONValue {
        [
            "content": [["type": "text", "text": .text(String(decoding: text, as: UTF8.self))]],
            "isError": .bool(isError),
        ]
    }
}
