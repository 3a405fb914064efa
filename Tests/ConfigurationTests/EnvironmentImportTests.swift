import Configuration
import Secrets
import Testing

@Suite struct EnvironmentImportTests {
    @Test func ourVariablesWinOverCartos() {
        let draft = EnvironmentImport.draft([
            "CARTO_API_BASE_URL": "https://carto.example.com", "CARTOUCHE_API_BASE_URL": "https://own.example.com",
            "CARTO_CLIENT_ID": "id", "CARTO_CLIENT_SECRET": "secret", "CARTOUCHE_AUDIENCE": "", "HOME": "/home/x",
            "CARTOUCHE_LISTEN": "127.0.0.1:1", "CARTOUCHE_UNHEARD_OF": "x",
        ])
        #expect(draft.entries.map(\.definition.name) == ["api_base_url", "client_id", "client_secret"])
        guard case .text("https://own.example.com") = draft["api_base_url"] else {
            Issue.record("the base is not the one of our own variable")
            return
        }
        guard case .secret(let secret) = draft["client_secret"] else {
            Issue.record("the secret is none")
            return
        }
        #expect(secret.matches(Secret("secret")))
    }

    @Test func nothingOfTheSettingsIsLeft() {
        let left = EnvironmentImport.withoutSettings([
            "CARTO_CLIENT_ID": "id", "CARTOUCHE_X": "y", "accessToken": "t", "CREDENTIALS_DIRECTORY": "/run/c",
            "HOME": "/h", "PATH": "/bin", "VAULT_ADDR": "v",
        ])
        #expect(Set(left.keys) == ["HOME", "PATH", "VAULT_ADDR"])
    }

    @Test func theUsersFileIsTheNamedOneOrTheUsualOne() {
        #expect(EnvironmentImport.userFile(["CARTOUCHE_CONFIG": "/x.yaml", "HOME": "/h"]) == "/x.yaml")
        #expect(
            EnvironmentImport.userFile(["XDG_CONFIG_HOME": "/c", "HOME": "/h"]) == "/c/cartouche/cartouche.yaml")
        #expect(
            EnvironmentImport.userFile(["XDG_CONFIG_HOME": "relative", "HOME": "/h"])
                == "/h/.config/cartouche/cartouche.yaml")
        #expect(EnvironmentImport.userFile([:]) == nil)
    }

    @Test func aDraftIsFilledWithoutBeingOverwritten() {
        var draft = EnvironmentImport.draft(["CARTO_CLIENT_ID": "own"])
        draft.fill(from: EnvironmentImport.draft(["CARTO_CLIENT_ID": "other", "CARTO_CLIENT_SECRET": "secret"]))
        draft.set("client_id", to: Secret("is no secret key"))
        guard case .text("own") = draft["client_id"], case .secret = draft["client_secret"] else {
            Issue.record("filled wrongly")
            return
        }
    }
}
