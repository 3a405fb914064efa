/// `/v3/connections`: to warehouses, with what they hold, and the token of CARTO's own one.
struct ConnectionsAPI {
    func answer(_ exchange: Exchange, _ path: [String]) throws(Refusal) -> SandboxAnswer {
        try exchange.requireOAuth()
        if path == ["carto-dw", "token"] { return try warehouseToken(exchange) }
        switch path.count {
        case 0:
            try exchange.allow("GET", "POST")
            if exchange.method == "POST" { return try create(exchange) }
            return SandboxAnswer(json: .array(exchange.state.update { $0.connections.items }))
        case 1:
            try exchange.allow("GET", "PATCH", "DELETE")
            return try manage(exchange, id: path[0])
        default:
            guard path[1] == "resources" else { throw .routeUnknown }
            try exchange.allow("GET")
            return try resources(exchange, Array(path.dropFirst(2)))
        }
    }

    /// The sandbox never tells a connection's credentials again, and does not even keep them.
    private func create(_ exchange: Exchange) throws(Refusal) -> SandboxAnswer {
        let body = try exchange.smallBody()
        guard let name = body["name"]?.asText, !name.isEmpty else { throw .parameterMissing("name") }
        let provider = body["provider_id"]?.asText ?? body["provider"]?.asText
        guard let provider else { throw .parameterMissing("provider_id") }
        let id = Randomness.uuid()
        let document: JSONValue = ["id": .text(id), "name": .text(name), "provider_id": .text(provider)]
        let outcome: Refusal? = exchange.state.update { contents in
            guard !contents.connections.items.contains(where: { $0["name"] == .text(name) }) else {
                return .nameTaken(name)
            }
            return contents.connections.put(document, under: id) ? nil : .shelfFull
        }
        if let outcome { throw outcome }
        return SandboxAnswer(json: document)
    }

    private func manage(_ exchange: Exchange, id: String) throws(Refusal) -> SandboxAnswer {
        guard let document = exchange.state.update({ $0.connections[id] }) else { throw .notFound("Connection") }
        switch exchange.method {
        case "PATCH":
            let changes = try exchange.smallBody()
            if let name = changes["name"], name.asText == nil { throw .parameterMalformed("name") }
            let changed = document.merging(changes, only: ["name"])
            _ = exchange.state.update { $0.connections.put(changed, under: id) }
            return SandboxAnswer(json: changed)
        case "DELETE":
            _ = exchange.state.update { $0.connections.remove(id) }
            return .empty
        default: return SandboxAnswer(json: document)
        }
    }

    /// Projects, their data sets, their tables: one level at a time.
    private func resources(_ exchange: Exchange, _ path: [String]) throws(Refusal) -> SandboxAnswer {
        let place = path.joined(separator: ".")
        let children: [(name: String, type: String)]
        switch place {
        case "": children = [("carto-demo-data", "project")]
        case "carto-demo-data": children = [("demo_tables", "schema")]
        case "carto-demo-data.demo_tables": children = [("populated_places", "table"), ("airports", "table")]
        case DataSet.places, DataSet.airports:
            guard let table = exchange.state.data.table(place) else { throw .notFound(place) }
            return SandboxAnswer(
                json: [
                    "id": .text(place), "type": "table", "nrows": JSONValue(table.rows.count), "schema": table.schema,
                ])
        default: throw .notFound(place)
        }
        let prefix = place.isEmpty ? "" : place + "."
        return SandboxAnswer(
            json: [
                "children": .array(
                    children.map { ["id": .text(prefix + $0.name), "name": .text($0.name), "type": .text($0.type)] })
            ])
    }

    private func warehouseToken(_ exchange: Exchange) throws(Refusal) -> SandboxAnswer {
        try exchange.allow("GET")
        return SandboxAnswer(
            json: [
                "access_token": .text("ya29." + Base64URL.encode(Randomness.bytes(96))), "expires_in": 3600,
                "token_type": "Bearer",
            ], fields: [("Cache-Control", "no-store")])
    }
}
