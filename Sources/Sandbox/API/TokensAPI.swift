/// `/v3/tokens`: API Access Tokens, made and managed with an OAuth token.
struct TokensAPI {
    private static let apis = ["sql", "maps", "imports", "lds"]

    func answer(_ exchange: Exchange, _ path: [String]) throws(Refusal) -> SandboxAnswer {
        try exchange.requireOAuth()
        switch path.count {
        case 0:
            try exchange.allow("GET", "POST")
            if exchange.method == "POST" { return try create(exchange) }
            let tokens = exchange.state.update { $0.apiAccessTokens.items }
            return secret(.array(tokens.map(\.document)))
        case 1:
            try exchange.allow("GET", "PATCH", "DELETE")
            return try manage(exchange, token: path[0])
        default: throw .routeUnknown
        }
    }

    private func create(_ exchange: Exchange) throws(Refusal) -> SandboxAnswer {
        let body = try exchange.smallBody()
        guard let grants = body["grants"] else { throw .parameterMissing("grants") }
        let token = TokenShape.apiAccessToken()
        let document: JSONValue = [
            "token": .text(token),
            "grants": grants,
            "allowed_apis": body["allowed_apis"] ?? .array(Self.apis.map(JSONValue.text)),
            "referers": body["referers"] ?? [],
            "expiration_date": body["expiration_date"] ?? .null,
        ]
        try check(document)
        let entry = APIAccessToken(token: token, document: document)
        guard exchange.state.update({ $0.apiAccessTokens.put(entry, under: token) }) else { throw .shelfFull }
        return secret(document)
    }

    private func manage(_ exchange: Exchange, token: String) throws(Refusal) -> SandboxAnswer {
        guard var entry = exchange.state.update({ $0.apiAccessTokens[token] }) else { throw .notFound("Token") }
        switch exchange.method {
        case "PATCH":
            let changes = try exchange.smallBody()
            entry.document = entry.document.merging(changes, only: ["grants", "allowed_apis", "referers"])
            try check(entry.document)
            let changed = entry
            _ = exchange.state.update { $0.apiAccessTokens.put(changed, under: token) }
            return secret(changed.document)
        case "DELETE":
            _ = exchange.state.update { $0.apiAccessTokens.remove(token) }
            return .empty
        default: return secret(entry.document)
        }
    }

    private func check(_ document: JSONValue) throws(Refusal) {
        guard let grants = document["grants"]?.asArray, !grants.isEmpty,
            grants.allSatisfy({ $0["connection_name"]?.asText != nil && $0["source"]?.asText != nil })
        else { throw .parameterMalformed("grants") }
        guard let apis = document["allowed_apis"]?.asArray,
            apis.allSatisfy({ api in Self.apis.contains { $0 == api.asText } })
        else { throw .parameterMalformed("allowed_apis") }
        guard let referers = document["referers"]?.asArray, referers.allSatisfy({ $0.asText != nil }) else {
            throw .parameterMalformed("referers")
        }
    }

    private func secret(_ document: JSONValue) -> SandboxAnswer {
        SandboxAnswer(json: document, fields: [("Cache-Control", "no-store")])
    }
}
