/// What a JSON-RPC request must keep to (JSON-RPC 2.0 §5.1).
enum ModelContextError: Error, Equatable {
    case parse
    case request
    case method
    case parameters

    func json(id: JSONValue) -> JSONValue {
        let code: JSONValue
        let message: JSONValue
        switch self {
        case .parse: (code, message) = (-32700, "Parse error")
        case .request: (code, message) = (-32600, "Invalid Request")
        case .method: (code, message) = (-32601, "Method not found")
        case .parameters: (code, message) = (-32602, "Invalid params")
        }
        return ["jsonrpc": "2.0", "id": id, "error": ["code": code, "message": message]]
    }
}
