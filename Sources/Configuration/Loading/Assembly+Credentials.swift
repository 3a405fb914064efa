import Credentials
import Secrets

extension Assembly {
    /// What the keys of one OAuth client and of tokens make. Parts missing to a whole are among the findings.
    mutating func credential(_ standard: ClientStandard) -> CredentialParts {
        let isClientIDGiven = given.isGiven(Keys.clientID.definition.name)
        let isClientSecretGiven = Keys.clientSecret.definitions.contains { given.isGiven($0.name) }
        let id = value(Keys.clientID)
        let secret = secret(Keys.clientSecret)
        if isClientIDGiven, !isClientSecretGiven {
            findings.report(
                .settingsAgree, at: place(of: Keys.clientID.definition), "client_id is given and no client_secret",
                suggestion: "give client_secret_file, client_secret_command or $CARTOUCHE_CLIENT_SECRET")
        } else if isClientSecretGiven, !isClientIDGiven {
            let place = given.strongest(among: Keys.clientSecret.definitions.map(\.name)).first?.setting.place
            findings.report(
                .settingsAgree, at: place ?? .key(Keys.clientSecret.name),
                "client_secret is given and no client_id", suggestion: "give the client_id that belongs to it")
        }
        warnOfHalfOverridden()
        var parts = CredentialParts()
        if let id, let secret, let client = client(id, standard) {
            checkIsNoToken(secret)
            parts.client = .oauthClient(client, secret: secret)
        }
        parts.apiAccessToken = token(Keys.apiAccessToken, .apiAccessToken).map { .apiAccessToken($0) }
        parts.oauthAccessToken = token(Keys.oauthAccessToken, .staticOAuth).map { .oauthAccessToken($0) }
        return parts
    }

    /// What is given here, and where nothing is, what was given further out.
    mutating func clientStandard(inheriting inherited: ClientStandard) -> ClientStandard {
        let authServer = givenValue(Keys.authServer)
        let tokenURL = givenValue(Keys.tokenURL) ?? nil
        return ClientStandard(
            tokenURL: tokenURL ?? authServer?.appending(path: "/oauth/token") ?? inherited.tokenURL,
            audience: givenValue(Keys.audience) ?? inherited.audience,
            scope: givenValue(Keys.scope) ?? inherited.scope,
            authentication: givenValue(Keys.tokenAuth) ?? inherited.authentication)
    }

    /// One layer gives both halves of a client and a stronger one replaces only one of them, as a stray variable
    /// does.
    private mutating func warnOfHalfOverridden() {
        let idLayers = given.layers(of: [Keys.clientID.definition.name])
        let secretLayers = given.layers(of: Keys.clientSecret.definitions.map(\.name))
        guard idLayers.min() != secretLayers.min(), !idLayers.isDisjoint(with: secretLayers) else { return }
        findings.warn(
            .settingsAgree, at: place(of: Keys.clientID.definition),
            "client_id is given here and client_secret elsewhere (\(place(ofSecret: Keys.clientSecret))): "
                + "they may not belong together",
            suggestion: "give both in one place")
    }

    private mutating func client(_ id: String, _ standard: ClientStandard) -> OAuthClient? {
        do throws(OAuthClientError) {
            return try OAuthClient(
                endpoint: TokenEndpoint(standard.tokenURL), clientID: id, audience: standard.audience,
                scope: standard.scope,
                authentication: standard.authentication == .basic ? .basic : .body)
        } catch {
            findings.report(.valuesHaveTheirType, at: place(of: Keys.clientID.definition), "client_id is empty")
            return nil
        }
    }

    private mutating func token(_ key: SecretKey, _ kind: CredentialKind) -> LoadedSecret? {
        guard let loaded = secret(key) else { return nil }
        let shape = loaded.secret.withExposedBytes { TokenShape(of: $0) }
        guard !shape.contradicts(kind) else {
            let other = key.name == Keys.apiAccessToken.name ? Keys.oauthAccessToken.name : Keys.apiAccessToken.name
            findings.report(
                .tokensAreOfTheirKind, at: place(ofSecret: key), "\(key.name) holds \(shape.rawValue)",
                suggestion: "give it as \(other)")
            return nil
        }
        return loaded
    }

    private mutating func checkIsNoToken(_ secret: LoadedSecret) {
        let shape = secret.secret.withExposedBytes { TokenShape(of: $0) }
        let key: String
        switch shape {
        case .opaque: return
        case .apiAccessToken: key = Keys.apiAccessToken.name
        case .oauth: key = Keys.oauthAccessToken.name
        }
        findings.report(
            .tokensAreOfTheirKind, at: place(ofSecret: Keys.clientSecret), "client_secret holds \(shape.rawValue)",
            suggestion: "give it as \(key)")
    }

    private func place(ofSecret key: SecretKey) -> Place {
        given.strongest(among: key.definitions.map(\.name)).first?.setting.place ?? .key(key.name)
    }
}

/// What clients share unless they say otherwise.
struct ClientStandard {
    var tokenURL: BaseURL
    var audience: String
    var scope: String?
    var authentication: TokenAuthentication

    /// CARTO's cloud.
    static let carto = ClientStandard(
        tokenURL: Keys.authServer.standard.appending(path: "/oauth/token"), audience: Keys.audience.standard,
        scope: nil, authentication: Keys.tokenAuth.standard)
}

/// What one set of credential keys gave.
struct CredentialParts {
    var client: CredentialSettings.Substance?
    var apiAccessToken: CredentialSettings.Substance?
    var oauthAccessToken: CredentialSettings.Substance?

    var all: [CredentialSettings.Substance] { [client, apiAccessToken, oauthAccessToken].compactMap(\.self) }
}

extension TokenEndpoint {
    init(_ url: BaseURL) {
        self.init(
            isSecure: url.scheme == .https, host: url.host.bare, port: url.port,
            path: url.path.isEmpty ? "/" : url.path)
    }
}
