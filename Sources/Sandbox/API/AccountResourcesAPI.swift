/// `/v3/accounts/resources`: everything the organization owns, to be looked through, deleted or given away.
struct AccountResourcesAPI {
    func answer(_ exchange: Exchange, _ path: [String]) throws(Refusal) -> SandboxAnswer {
        try exchange.requireOAuth()
        switch path {
        case ["resources"]:
            try exchange.allow("GET")
            let items = exchange.state.update { contents in
                contents.organizationMaps.items.map { $0.adding([JSONMember(name: "type", value: "map")]) }
                    + contents.organizationWorkflows.items.map {
                        $0.adding([JSONMember(name: "type", value: "workflow")])
                    }
            }
            return SandboxAnswer(json: ["total": JSONValue(items.count), "data": .array(items)])
        case ["resources", "delete-batch"]:
            try exchange.allow("POST")
            let ids = try ids(exchange)
            let deleted = exchange.state.update { contents in
                ids.count { id in contents.organizationMaps.remove(id) || contents.organizationWorkflows.remove(id) }
            }
            return SandboxAnswer(json: ["deleted": JSONValue(deleted)])
        case ["resources", "transfer"]:
            try exchange.allow("POST")
            let ids = try ids(exchange)
            guard let owner = try exchange.smallBody()["newOwner"], owner.asText != nil else {
                throw .parameterMissing("newOwner")
            }
            let transferred = exchange.state.update { contents in
                ids.count { id in
                    Self.give(id, to: owner, &contents.organizationMaps)
                        || Self.give(id, to: owner, &contents.organizationWorkflows)
                }
            }
            return SandboxAnswer(json: ["transferred": JSONValue(transferred)])
        default: throw .routeUnknown
        }
    }

    private static func give(_ id: String, to owner: JSONValue, _ shelf: inout Shelf<JSONValue>) -> Bool {
        guard let document = shelf[id] else { return false }
        return shelf.put(document.merging(["ownerEmail": owner], only: ["ownerEmail"]), under: id)
    }

    private func ids(_ exchange: Exchange) throws(Refusal) -> [String] {
        guard let ids = try exchange.smallBody()["ids"]?.asArray?.compactMap(\.asText), !ids.isEmpty, ids.count <= 1000
        else { throw .parameterMissing("ids") }
        return ids
    }
}
