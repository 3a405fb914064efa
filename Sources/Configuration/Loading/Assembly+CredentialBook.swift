import Credentials
import Secrets

extension Assembly {
    /// All credentials and the rules between them.
    mutating func credentialBook(
        listeners: [ListenAddress]
    ) -> (credentials: [CredentialSettings], book: CredentialBook?) {
        let prefersOAuth = value(Keys.preferToken) == .oauth
        let problemsBefore = findings.problems.count
        let standard = clientStandard(inheriting: .carto)
        let parts = credential(standard)
        var credentials = defaults(parts)
        let defaultNames = credentials.map(\.name)
        credentials += namedCredentials(inheriting: standard, besides: credentials)
        let rules = credentialRules(listeners: listeners, names: credentials.map(\.name))
        if credentials.isEmpty, !given.isFileUnread, findings.problems.count == problemsBefore {
            findings.report(
                .requiredKeysAreGiven, at: .key(Keys.clientID.definition.name), "no credential is given",
                suggestion: "give client_id with client_secret, or api_access_token")
        }
        do throws(CredentialBookError) {
            let book = try CredentialBook(
                entries: credentials.map { CredentialBook.Entry(name: $0.name, kind: $0.kind) }, rules: rules,
                defaults: defaultNames, prefersOAuth: prefersOAuth)
            return (credentials, book)
        } catch {
            switch error {
            // The decoders above have reported these.
            case .nameRepeated, .nameUnknown: break
            case .severalOfOneKind(let name):
                findings.report(
                    .settingsAgree, at: place(of: Keys.credentialRules),
                    "a rule uses \(Quoted.text(name)) beside another credential of its kind",
                    suggestion: "a rule may use one API Access Token and one OAuth credential")
            }
            return (credentials, nil)
        }
    }

    /// A client renews its tokens, so a static OAuth token beside it has nothing to do. Both are there wherever
    /// Postman has filled in its environment.
    private mutating func defaults(_ parts: CredentialParts) -> [CredentialSettings] {
        var substances = parts
        if parts.client != nil, parts.oauthAccessToken != nil {
            let ways = given.strongest(among: Keys.oauthAccessToken.definitions.map(\.name))
            findings.warn(
                .settingsAgree, at: ways.first?.setting.place ?? .key(Keys.oauthAccessToken.name),
                "oauth_access_token is not used: client_id and client_secret get tokens that are renewed")
            substances.oauthAccessToken = nil
        }
        return substances.all.map { substance in
            let name =
                switch substance {
                case .oauthClient: CredentialSettings.reservedNames[0]
                case .apiAccessToken: CredentialSettings.reservedNames[1]
                case .oauthAccessToken: CredentialSettings.reservedNames[2]
                }
            return CredentialSettings(name: name, substance: substance)
        }
    }
}
