import Configuration
import Credentials
import Foundation
import Testing

@Suite struct CredentialTests {
    private func settings(_ yaml: String, _ environment: [String: String] = [:]) throws -> LoadedSettings {
        let environment = ["CARTOUCHE_API_BASE_URL": "https://a.example.com"].merging(environment) { $1 }
        return try loader(environment).load(text: Array(yaml.utf8), fileName: "/c.yaml")
    }

    private func found(_ yaml: String) -> [ConfigurationProblem] {
        do throws(ConfigurationFailure) {
            _ = try loader(["CARTOUCHE_API_BASE_URL": "https://a.example.com"])
                .load(text: Array(yaml.utf8), fileName: "/c.yaml")
        } catch { return error.problems }
        return []
    }

    /// Unsigned, but of the shape: the claims are all that is looked at.
    private static func token(_ header: String, _ payload: String) -> String {
        [header, payload, "signature"].map { part in
            Data(part.utf8).base64EncodedString().replacingOccurrences(of: "=", with: "")
                .replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
        }.joined(separator: ".")
    }

    static let api = token(#"{"alg":"HS256","typ":"JWT"}"#, #"{"a":"ac_1234","jti":"abcd"}"#)
    static let oauth = token(#"{"alg":"RS256","typ":"JWT"}"#, #"{"aud":["carto-cloud-native-api"],"exp":4102444800}"#)

    @Test func oneOfEachByDefault() throws {
        let loaded = try settings("client_id: id\nclient_secret: s\napi_access_token: \(Self.api)\n")
        #expect(loaded.settings.credentials.map(\.name) == ["oauth_client", "api_access_token"])
        #expect(loaded.settings.credentials.map(\.kind) == [.oauthClient, .apiAccessToken])
        let path = Array("/v3/sql/x/query".utf8)
        func choice(_ demand: TokenDemand, _ settings: Settings) -> CredentialChoice {
            settings.credentialBook.choose(
                demand, listener: 0, route: 0, connection: Array("x".utf8).span, path: path.span)
        }
        #expect(choice(.any, loaded.settings) == .use(1))
        #expect(choice(.oauth, loaded.settings) == .use(0))
        let preferring = try settings("client_id: id\nclient_secret: s\napi_access_token: t\nprefer_token: oauth\n")
        #expect(choice(.any, preferring.settings) == .use(0))
    }

    @Test func clientsAreDescribed() throws {
        let loaded = try settings(
            """
            client_id: id
            client_secret: s
            auth_server: https://carto.example.com/auth-api/
            audience: ours
            scope: read:maps write:maps
            token_auth: basic
            credentials:
              - name: other
                client_id: id2
                client_secret: s2
                token_url: https://elsewhere.example.com/token/
                scope: less
              - name: inheriting
                client_id: id3
                client_secret: s3
            """)
        func client(_ index: Int) throws -> OAuthClient {
            guard case .oauthClient(let client, _) = loaded.settings.credentials[index].substance else {
                throw CancellationError()
            }
            return client
        }
        let own = TokenEndpoint(isSecure: true, host: "carto.example.com", port: 443, path: "/auth-api/oauth/token")
        #expect(
            try client(0)
                == OAuthClient(
                    endpoint: own, clientID: "id", audience: "ours", scope: "read:maps write:maps",
                    authentication: .basic))
        let other = TokenEndpoint(isSecure: true, host: "elsewhere.example.com", port: 443, path: "/token/")
        #expect(
            try client(1)
                == OAuthClient(
                    endpoint: other, clientID: "id2", audience: "ours", scope: "less", authentication: .basic))
        #expect(try client(2).endpoint == own)
    }

    @Test(arguments: [
        ("api_access_token", oauth, "give it as oauth_access_token"),
        ("oauth_access_token", api, "give it as api_access_token"),
        ("client_id: id\nclient_secret", api, "give it as api_access_token"),
        ("client_id: id\nclient_secret", oauth, "give it as oauth_access_token"),
    ])
    func tokensUnderTheWrongKeyAreNamed(key: String, token: String, suggestion: String) {
        let found = found("\(key): \(token)\n")
        #expect(found.map(\.rule) == [.tokensAreOfTheirKind])
        #expect(found.map(\.suggestion) == [suggestion])
        #expect(!found.contains { "\($0)".contains(token) })
    }

    @Test func aClientOutranksAStaticToken() throws {
        let loaded = try settings("client_id: id\nclient_secret: s\noauth_access_token: \(Self.oauth)\n")
        #expect(loaded.settings.credentials.map(\.name) == ["oauth_client"])
        #expect(loaded.warnings.map(\.rule) == [.settingsAgree])
        #expect(try settings("oauth_access_token: \(Self.oauth)\n").settings.credentials.map(\.kind) == [.staticOAuth])
    }

    @Test func halfAClientFromElsewhereIsWarnedOf() throws {
        let yaml = "client_id: id\nclient_secret: s\n"
        #expect(try settings(yaml).warnings.isEmpty)
        #expect(try settings(yaml, ["clientId": "other"]).warnings.map(\.place) == [.variable("clientId")])
        #expect(try settings(yaml, ["clientId": "other", "clientSecret": "t"]).warnings.isEmpty)
        #expect(try settings("client_id: id\n", ["CARTOUCHE_CLIENT_SECRET": "t"]).warnings.isEmpty)
    }

    @Test func rulesChoose() throws {
        let loaded = try settings(
            """
            listen: [127.0.0.1:1, unix:/run/x.sock, 127.0.0.1:2, "[::1]:2"]
            api_access_token: t
            credentials:
              - {name: team, api_access_token: t2}
              - {name: admin, client_id: id, client_secret: s}
            credential_rules:
              - {connection: carto_dw, use: [team, admin]}
              - {path: /v3/lds, use: admin}
              - {listener: "unix:/run/x.sock", use: team}
              - {listener: "localhost:2", use: api_access_token}
            """
        ).settings
        func choice(_ path: String, _ connection: String, _ listener: Int = 0, _ demand: TokenDemand = .any)
            -> CredentialChoice
        {
            loaded.credentialBook.choose(
                demand, listener: listener, route: 0, connection: Array(connection.utf8).span,
                path: Array(path.utf8).span)
        }
        #expect(loaded.credentials.map(\.name) == ["api_access_token", "team", "admin"])
        #expect(choice("/v3/sql/other/query", "other") == .use(0))
        #expect(choice("/v3/sql/carto_dw/query", "carto_dw") == .use(1))
        #expect(choice("/v3/sql/carto_dw/query", "carto_dw", 0, .oauth) == .use(2))
        #expect(choice("/v3/lds/isolines", "") == .use(2))
        #expect(choice("/v3/sql/other/query", "other", 1) == .use(1))
        #expect(choice("/v3/sql/other/query", "other", 2) == .use(0))
    }

    @Test(arguments: [
        ("credentials: x", 1), ("credentials: [x]", 1), ("credentials: [{api_access_token: t}]", 1),
        ("credentials: [{name: a}]", 1), ("credentials: [{name: a b, api_access_token: t}]", 1),
        ("credentials: [{name: a, api_access_token: t}, {name: a, api_access_token: u}]", 1),
        ("credentials: [{name: oauth_client, api_access_token: t}]", 1),
        ("credentials: [{name: a, api_access_token: t, oauth_access_token: u}]", 1),
        ("credentials: [{name: a, client_id: i}]", 1), ("credentials: [{name: a, listen: x, api_access_token: t}]", 1),
        ("credentials: [{name: a, api_access_token_file: -}, {name: b, api_access_token_file: -}]", 2),
        ("api_access_token: t\ncredential_rules: [{use: nobody}]", 1),
        ("api_access_token: t\ncredential_rules: [{connection: x}]", 1),
        ("api_access_token: t\ncredential_rules: [{use: api_access_token, path: v3}]", 1),
        ("api_access_token: t\ncredential_rules: [{use: api_access_token, listener: \"127.0.0.1:9\"}]", 1),
        ("api_access_token: t\ncredential_rules: [{use: api_access_token, listener: nowhere}]", 1),
        ("api_access_token: t\ncredential_rules: [{use: api_access_token, conection: x}]", 1),
        (
            "api_access_token: t\ncredentials: [{name: a, api_access_token: u}]\n"
                + "credential_rules: [{use: [api_access_token, a]}]", 1
        ),
    ])
    func mistakesAreNamed(yaml: String, count: Int) {
        let found = found(yaml + "\n")
        #expect(found.count == count, "\(found)")
        #expect(found.allSatisfy { if case .file = $0.place { true } else { false } }, "\(found)")
    }
}
