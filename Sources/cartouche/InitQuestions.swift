import Configuration
import Secrets

/// Asks for what a draft lacks to be a configuration: where the API is, and one credential.
struct InitQuestions {
    let terminal: Terminal

    func complete(_ draft: inout DraftSettings) throws(Stop) {
        try askBase(&draft)
        try askCredential(&draft)
    }

    private func askBase(_ draft: inout DraftSettings) throws(Stop) {
        guard draft["api_base_url"] == nil else { return }
        Output.standardError.write(
            """
            The base of the CARTO API: https://REGION.api.carto.com, with gcp-us-east1, gcp-europe-west1, \
            gcp-asia-northeast1 or gcp-australia-southeast1; of your own deployment, https://DOMAIN/api.
            """)
        draft.set("api_base_url", to: try terminal.ask("API base URL", standard: "https://gcp-us-east1.api.carto.com"))
    }

    private func askCredential(_ draft: inout DraftSettings) throws(Stop) {
        let hasToken = has("api_access_token", in: draft) || has("oauth_access_token", in: draft)
        guard draft["client_id"] != nil || has("client_secret", in: draft) || !hasToken else { return }
        if draft["client_id"] == nil {
            if !has("client_secret", in: draft) {
                Output.standardError.write(
                    "The id of a machine-to-machine OAuth client; empty to use an API Access Token instead.")
            }
            let id = try terminal.ask("Client id")
            guard !id.isEmpty else {
                if !has("client_secret", in: draft) { try askSecret("api_access_token", "API Access Token", &draft) }
                return
            }
            draft.set("client_id", to: id)
        }
        if !has("client_secret", in: draft) { try askSecret("client_secret", "Client secret", &draft) }
    }

    /// In any of the ways a secret can be given.
    private func has(_ secret: String, in draft: DraftSettings) -> Bool {
        ["", "_file", "_command"].contains { draft[secret + $0] != nil }
    }

    private func askSecret(_ key: String, _ question: String, _ draft: inout DraftSettings) throws(Stop) {
        guard let content = InitSecret.content(of: key) else { return }
        var bytes = try terminal.askSecret(question)
        draft.set(key, to: try InitSecret.secret(key, content, from: &bytes))
    }
}
