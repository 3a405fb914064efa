/// `{"name", "values": [{"key", "value", "enabled", "type"}]}`, with the keys of CARTO's published environment.
enum PostmanEnvironment {
    static func draft(_ entries: [DocumentNode.Entry]) -> DraftSettings {
        var draft = DraftSettings()
        for node in entries.list("values") {
            guard case .mapping(let variable) = node.content, let name = variable.text("key") else { continue }
            guard let definition = KeyTable.all.first(where: { $0.cartoVariables.contains(name) }) else { continue }
            guard variable.text("enabled") != "false" else {
                draft.note("\(name) is switched off and was left out")
                continue
            }
            guard let value = variable.text("value") else { continue }
            guard !value.utf8.starts(with: "{{".utf8) else {
                draft.note("\(name) refers to another variable and was left out")
                continue
            }
            draft.set(definition.name, to: value)
        }
        // What a request of the collection stored there; the client gets its own.
        if draft["client_id"] != nil, draft["client_secret"] != nil, draft["oauth_access_token"] != nil {
            draft.remove("oauth_access_token")
            draft.note("accessToken was left out: the client gets tokens of its own")
        }
        return draft
    }
}
