/// `/v3/organization-maps` and `/v3/organization-workflows`: listed, and deleted.
struct OrganizationAPI {
    let shelf: WritableKeyPath<SandboxContents, Shelf<JSONValue>>

    func answer(_ exchange: Exchange, _ path: [String]) throws(Refusal) -> SandboxAnswer {
        try exchange.requireOAuth()
        let shelf = shelf
        switch path.count {
        case 0:
            try exchange.allow("GET")
            let items = exchange.state.update { $0[keyPath: shelf].items }
            return SandboxAnswer(json: ["total": JSONValue(items.count), "data": .array(items)])
        case 1:
            try exchange.allow("DELETE")
            guard exchange.state.update({ $0[keyPath: shelf].remove(path[0]) }) else { throw .notFound(path[0]) }
            return .empty
        default: throw .routeUnknown
        }
    }
}
