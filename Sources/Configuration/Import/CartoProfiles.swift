/// `{"current_profile", "profiles": {NAME: {"token", "tenant_id", …}}}`, as CARTO's command line keeps it.
enum CartoProfiles {
    static func draft(
        _ entries: [DocumentNode.Entry], profile: String?, at place: Place
    ) throws(ConfigurationProblem) -> DraftSettings {
        guard case .mapping(let profiles) = entries.first(where: { $0.key == "profiles" })?.value.content else {
            throw ConfigurationProblem(.filesAreWellFormed, at: place, "profiles is no JSON object")
        }
        let names = profiles.map(\.key)
        let wanted = profile ?? entries.text("current_profile") ?? (names.count == 1 ? names.first : nil)
        guard let wanted else {
            throw ConfigurationProblem(
                .requiredKeysAreGiven, at: place, "no profile is the current one",
                suggestion: "name one of \(names.map(Quoted.text).joined(separator: ", "))")
        }
        guard case .mapping(let values) = profiles.first(where: { $0.key == wanted })?.value.content else {
            throw ConfigurationProblem(
                .requiredKeysAreGiven, at: place, "there is no profile \(Quoted.text(wanted))",
                suggestion: NearestName.of(wanted, among: names).map { "did you mean \(Quoted.text($0))?" })
        }
        var draft = DraftSettings()
        // As a host, not as a piece of a URL: a slash in the tenant would make it the host.
        if let tenant = values.text("tenant_id"), let host = try? HostName("\(tenant).api.carto.com".utf8) {
            draft.set("api_base_url", to: "https://\(host)")
        }
        if let token = values.text("token") {
            draft.set("oauth_access_token", to: token)
            draft.note("the token of a profile ends within a day and cannot be renewed: a client id and secret can")
        }
        return draft
    }
}
