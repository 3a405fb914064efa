/// `{"api_base_url", "client_id", "client_secret"}`, as carto-auth and pydeck-carto read it.
enum CartoAuthFile {
    static func draft(_ entries: [DocumentNode.Entry]) -> DraftSettings {
        var draft = DraftSettings()
        for key in ["api_base_url", "client_id", "client_secret"] {
            if let text = entries.text(key) { draft.set(key, to: text) }
        }
        return draft
    }
}
