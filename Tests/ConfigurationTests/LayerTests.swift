import Configuration
import Credentials
import Foundation
import Secrets
import Testing

@Suite struct LayerTests {
    @Test func nothingButTheNecessaryGivesTheDefaults() throws {
        let settings = try load().settings
        #expect(settings.listen.map(\.description) == ["127.0.0.1:22786", "[::1]:22786"])
        #expect(settings.origins.map(\.description) == ["http://localhost:*", "http://127.0.0.1:*", "http://[::1]:*"])
        #expect(settings.api.description == "https://gcp-us-east1.api.carto.com")
        #expect(settings.accounts.description == "https://accounts.app.carto.com")
        #expect(settings.ai == nil && settings.publicURL == nil && settings.referer == nil && settings.loops == nil)
        #expect(settings.apiAliases.isEmpty && settings.serverNames.isEmpty)
        #expect(settings.via == "cartouche")
        #expect(settings.log.format == .text && settings.log.level == .info && settings.log.writesAccessLog)
        #expect(settings.deadlines.answer == .seconds(75))
        #expect(settings.limits.requestHead == 32768 && settings.limits.requestLine == 16384)
        #expect(!settings.insecure.allowsUnauthenticated && !settings.insecure.allowsPlaintext)
        #expect(!settings.readOnly)
    }

    @Test func flagBeatsVariableBeatsCartosBeatsFile() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("via: from-file\napi_base_url: https://file.example.com\n", to: "c.yaml")
        let carto = ["CARTO_API_BASE_URL": "https://carto.example.com", "CARTOUCHE_API_BASE_URL": ""]
        let own = [
            "CARTO_API_BASE_URL": "https://carto.example.com", "CARTOUCHE_API_BASE_URL": "https://own.example.com",
        ]
        let flag = ["api_base_url": ["https://flag.example.com"]]
        #expect(
            try load(["CARTOUCHE_API_BASE_URL": ""], file: file).settings.api.description == "https://file.example.com")
        #expect(try load(carto, file: file).settings.api.description == "https://carto.example.com")
        #expect(try load(own, file: file).settings.api.description == "https://own.example.com")
        #expect(try load(own, flags: flag, file: file).settings.api.description == "https://flag.example.com")
        #expect(try load(own, flags: flag, file: file).settings.via == "from-file")
    }

    /// What decides is read; what it overrides is not.
    @Test func whatIsOverriddenIsNotChecked() throws {
        #expect(try load(["apiBaseURL": "nonsense"]).settings.api.host.bare == "gcp-us-east1.api.carto.com")
    }

    @Test func listsAreReplacedNotJoined() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("listen: [127.0.0.1:1, 127.0.0.1:2]\n", to: "c.yaml")
        #expect(try load(file: file).settings.listen.count == 2)
        let variable = ["CARTOUCHE_LISTEN": " 127.0.0.1:3 , unix:/run/c.sock,"]
        #expect(
            try load(variable, file: file).settings.listen.map(\.description) == ["127.0.0.1:3", "unix:/run/c.sock"])
        let flags = ["listen": ["127.0.0.1:4", "[::1]:4", "127.0.0.1:4"]]
        #expect(
            try load(variable, flags: flags, file: file).settings.listen.map(\.description) == [
                "127.0.0.1:4", "[::1]:4",
            ])
    }

    @Test func emptyListsAndNoneAreNone() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("origins: []\nserver_names: []\n", to: "c.yaml")
        #expect(try load(file: file).settings.origins.isEmpty)
        #expect(try load(flags: ["origins": ["none"]]).settings.origins.isEmpty)
        #expect(problems(file: try folder.write("listen: []\n", to: "d.yaml")).count == 1)
    }

    @Test func cartosNamesWork() throws {
        let postman = [
            "apiBaseURL": "https://a.example.com", "authServer": "https://auth.example.com", "clientId": "id",
            "clientSecret": "secret", "apiAccessToken": "token", "accountsURL": "https://accounts.example.com",
        ]
        let settings = try loader(postman).load().settings
        #expect(settings.api.description == "https://a.example.com")
        #expect(settings.accounts.description == "https://accounts.example.com")
        #expect(settings.credentials.map(\.name) == ["oauth_client", "api_access_token"])
        guard case .oauthClient(let client, let secret) = settings.credentials[0].substance else {
            Issue.record("no client")
            return
        }
        #expect(
            client.endpoint == TokenEndpoint(isSecure: true, host: "auth.example.com", port: 443, path: "/oauth/token"))
        #expect(client.clientID == "id" && client.audience == "carto-cloud-native-api")
        #expect(secret.secret.matches(Secret("secret")))
        let samples = [
            "CARTO_API_BASE_URL": "https://a.example.com", "CARTO_CLIENT_ID": "id", "CARTO_CLIENT_SECRET": "secret",
            "CARTO_API_TOKEN": "token",
        ]
        #expect(try loader(samples).load().settings.credentials.map(\.name) == ["oauth_client", "api_access_token"])
    }

    @Test func cartosNamesThatDifferContradict() {
        let found = problems(["CARTO_CLIENT_ID": "a", "clientId": "b", "CARTO_CLIENT_SECRET": "s"])
        #expect(found.map(\.place) == [.variable("clientId")])
        #expect(found.map(\.rule) == [.settingsAgree])
    }

    @Test func unknownVariablesOnlyWarn() throws {
        let warnings = try load(["CARTOUCHE_PORT": "tcp://10.0.0.1:80", "CARTOUCHE_LOG_LEVLE": "debug"]).warnings
        #expect(warnings.map(\.place) == [.variable("CARTOUCHE_LOG_LEVLE"), .variable("CARTOUCHE_PORT")])
        #expect(warnings[0].suggestion == "did you mean $CARTOUCHE_LOG_LEVEL?")
        #expect(try load(["CARTOUCHE_CONFIG": "/dev/null"]).warnings.isEmpty)
    }

    @Test func theFileIsFound() throws {
        let folder = try TemporaryFolder()
        try folder.write("via: xdg\n", to: "xdg/cartouche/cartouche.yaml")
        try folder.write("via: home\n", to: "home/.config/cartouche/cartouche.yaml")
        try folder.write("via: system\n", to: "etc/cartouche.yaml")
        let named = try folder.write("via: named\n", to: "named.yaml")
        func via(_ environment: [String: String], _ file: String? = nil) throws -> String {
            let environment = environment.merging(complete) { own, _ in own }
            let loaded = try loader(environment, system: folder.path + "/etc").load(configurationFile: file)
            return loaded.settings.via
        }
        let home = ["HOME": folder.path + "/home"]
        let xdg = home.merging(["XDG_CONFIG_HOME": folder.path + "/xdg"]) { $1 }
        #expect(try via(xdg) == "xdg")
        #expect(try via(home) == "home")
        #expect(try via(home.merging(["XDG_CONFIG_HOME": "relative"]) { $1 }) == "home")
        #expect(try via([:]) == "system")
        #expect(try via(["HOME": folder.path + "/nobody"]) == "system")
        #expect(try via(xdg.merging(["CARTOUCHE_CONFIG": named]) { $1 }) == "named")
        #expect(try via(xdg.merging(["CARTOUCHE_CONFIG": named]) { $1 }, "/dev/null") == "cartouche")
        #expect(try via(xdg, named) == "named")
        #expect(problems(file: folder.path + "/none.yaml").map(\.place) == [.flag("config")])
        #expect(problems(["CARTOUCHE_CONFIG": "/none.yaml"]).map(\.place) == [.variable("CARTOUCHE_CONFIG")])
    }

    @Test func pathsOfTheFileStartAtItsFolder() throws {
        let folder = try TemporaryFolder()
        try folder.write("s3cret\n", to: "inner/token")
        let file = try folder.write("api_access_token_file: token\n", to: "inner/c.yaml")
        let base = ["CARTOUCHE_API_BASE_URL": "https://a.example.com"]
        #expect(
            try loader(base).load(configurationFile: file).settings.credentials[0].secret.source
                == .file(path: folder.path + "/inner/token"))
        let home = base.merging(["HOME": folder.path, "CARTOUCHE_API_ACCESS_TOKEN_FILE": "~/inner/token"]) { $1 }
        #expect(
            try loader(home).load().settings.credentials[0].secret.source == .file(path: folder.path + "/inner/token"))
    }

    /// A key that nothing reads is a promise that is not kept.
    @Test func everyKeyOfTheTableIsRead() throws {
        #expect(try load().keysRead == Set(KeyTable.all.map(\.name)))
    }
}
