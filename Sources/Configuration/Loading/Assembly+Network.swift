extension Assembly {
    private static let regions = [
        "gcp-us-east1", "gcp-europe-west1", "gcp-asia-northeast1", "gcp-australia-southeast1",
    ]

    /// The one key without which there is nothing to do.
    mutating func api() -> BaseURL? {
        let definition = Keys.apiBaseURL.definition
        guard given.isGiven(definition.name) else {
            note(definition)
            if !given.isFileUnread {
                findings.report(
                    .requiredKeysAreGiven, at: .key(definition.name), "api_base_url is not given",
                    suggestion: Self.bases)
            }
            return nil
        }
        guard let url = value(Keys.apiBaseURL) else { return nil }
        if let problem = Self.mistake(in: url) {
            findings.report(
                .valuesHaveTheirType, at: place(of: definition), "api_base_url \(problem.message)",
                suggestion: problem.suggestion)
        }
        return url
    }

    private static let bases =
        "set it, or $CARTOUCHE_API_BASE_URL, to that of your region ("
        + regions.map { "https://\($0).api.carto.com" }.joined(separator: ", ")
        + ") or of your deployment (https://DOMAIN/api)"

    /// Bases people copy from the wrong place: every request would fail, and not say why.
    private static func mistake(in url: BaseURL) -> ValueProblem? {
        if url.path.utf8.split(separator: 0x2F).contains(where: { $0.elementsEqual("v3".utf8) }) {
            return ValueProblem("goes too far: /v3 belongs to the paths of requests", suggestion: "end it before /v3")
        }
        guard case .name(let host) = url.host else { return nil }
        if host == "app.carto.com" || host.hasSuffix(".app.carto.com") {
            return ValueProblem("is the address of the workspace, not of the API", suggestion: bases)
        }
        if host == "auth.carto.com" {
            return ValueProblem("is the address of the authorization server, not of the API", suggestion: bases)
        }
        return nil
    }
}
