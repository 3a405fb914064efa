/// `/v3/named-sources`: statements that clients call by name.
struct NamedSourcesAPI {
    func answer(_ exchange: Exchange, _ path: [String]) throws(Refusal) -> SandboxAnswer {
        try exchange.requireOAuth()
        switch path.count {
        case 0:
            try exchange.allow("GET", "POST")
            if exchange.method == "POST" { return try create(exchange) }
            return SandboxAnswer(json: .array(exchange.state.update { $0.namedSources.items }))
        case 1:
            try exchange.allow("GET", "PATCH", "DELETE")
            return try manage(exchange, name: path[0])
        default: throw .routeUnknown
        }
    }

    private func create(_ exchange: Exchange) throws(Refusal) -> SandboxAnswer {
        let body = try exchange.smallBody()
        guard let name = body["name"]?.asText, !name.isEmpty else { throw .parameterMissing("name") }
        guard let source = body["source"]?.asText else { throw .parameterMissing("source") }
        let document: JSONValue = ["name": .text(name), "source": .text(source)]
        let outcome: Refusal? = exchange.state.update { contents in
            guard contents.namedSources[name] == nil else { return .nameTaken(name) }
            return contents.namedSources.put(document, under: name) ? nil : .shelfFull
        }
        if let outcome { throw outcome }
        return SandboxAnswer(json: document)
    }

    private func manage(_ exchange: Exchange, name: String) throws(Refusal) -> SandboxAnswer {
        guard let document = exchange.state.update({ $0.namedSources[name] }) else { throw .notFound("Named source") }
        switch exchange.method {
        case "PATCH":
            let changes = try exchange.smallBody()
            guard let source = changes["source"]?.asText else { throw .parameterMissing("source") }
            let changed: JSONValue = ["name": .text(name), "source": .text(source)]
            _ = exchange.state.update { $0.namedSources.put(changed, under: name) }
            return SandboxAnswer(json: changed)
        case "DELETE":
            _ = exchange.state.update { $0.namedSources.remove(name) }
            return .empty
        default: return SandboxAnswer(json: document)
        }
    }
}
