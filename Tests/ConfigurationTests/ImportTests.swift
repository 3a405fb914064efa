import Configuration
import Foundation
import Secrets
import Testing

@Suite struct ImportTests {
    private func read(_ json: String, profile: String? = nil) throws -> (
        format: ConfigurationImport.Format, draft: DraftSettings
    ) {
        try ConfigurationImport.read(Array(json.utf8), fileName: "x.json", profile: profile)
    }

    private func shown(_ draft: DraftSettings) -> [String: String] {
        Dictionary(
            uniqueKeysWithValues: draft.entries.map { entry in
                switch entry.value {
                case .text(let text): (entry.definition.name, text)
                case .secret(let secret):
                    (
                        entry.definition.name,
                        "secret "
                            + secret.withExposedBytes { span in
                                String(decoding: (0..<span.count).map { span[$0] }, as: UTF8.self)
                            }
                    )
                }
            })
    }

    @Test func postmansEnvironment() throws {
        // As Postman writes it: with tabs.
        let (format, draft) = try read(
            """
            {
            \t"id": "7c2b", "name": "CARTO",
            \t"values": [
            \t\t{"key": "apiBaseURL", "value": "https:\\/\\/gcp-us-east1.api.carto.com", "enabled": true},
            \t\t{"key": "authServer", "value": "https://auth.carto.com", "enabled": true},
            \t\t{"key": "clientId", "value": "id", "enabled": true},
            \t\t{"key": "clientSecret", "value": "s3cr\\u00e9t\\"x", "type": "secret", "enabled": true},
            \t\t{"key": "apiAccessToken", "value": "", "enabled": true},
            \t\t{"key": "accessToken", "value": "had.by.postman", "enabled": true},
            \t\t{"key": "accountsURL", "value": "https://x", "enabled": false},
            \t\t{"key": "somethingElse", "value": "y", "enabled": true},
            \t\t"odd", {"value": "z"}
            \t],
            \t"_postman_variable_scope": "environment"
            }
            """)
        #expect(format == .postmanEnvironment)
        #expect(
            shown(draft) == [
                "api_base_url": "https://gcp-us-east1.api.carto.com", "auth_server": "https://auth.carto.com",
                "client_id": "id", "client_secret": "secret s3crét\"x",
            ])
        #expect(draft.notes.count == 2)
        #expect(!draft.notes.contains { $0.contains("had.by.postman") })
    }

    @Test func cartoAuthsFile() throws {
        let (format, draft) = try read(
            #"{"api_base_url":"https://a.example.com","client_id":"id","client_secret":"s"}"#)
        #expect(format == .cartoAuth)
        #expect(
            shown(draft) == ["api_base_url": "https://a.example.com", "client_id": "id", "client_secret": "secret s"])
    }

    private static let profiles = """
        {"current_profile": "work", "profiles": {
          "work": {"token": "tok", "tenant_id": "gcp-us-east1", "organization_id": "o", "user_email": "a@b.c"},
          "home": {"token": "tok2", "tenant_id": "evil.example.com/"}}}
        """

    @Test func cartosProfiles() throws {
        let (format, draft) = try read(Self.profiles)
        #expect(format == .cartoProfiles)
        #expect(
            shown(draft) == ["api_base_url": "https://gcp-us-east1.api.carto.com", "oauth_access_token": "secret tok"])
        #expect(shown(try read(Self.profiles, profile: "home").draft) == ["oauth_access_token": "secret tok2"])
        #expect(throws: ConfigurationProblem.self) { try read(Self.profiles, profile: "hoem") }
        #expect(throws: ConfigurationProblem.self) { try read(#"{"profiles": {"a": {}, "b": {}}}"#) }
        #expect(shown(try read(#"{"profiles": {"only": {"token": "t"}}}"#).draft) == ["oauth_access_token": "secret t"])
    }

    @Test(arguments: ["", "[]", "\"x\"", "{}", "{", "{\"a\": 1}", "{\"profiles\": 3}", "\u{0}"])
    func otherFilesAreRefused(json: String) {
        #expect(throws: ConfigurationProblem.self) { try read(json) }
    }

    @Test func filesAreRead() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(Self.profiles, to: "p.json", mode: 0o644)
        #expect(try ConfigurationImport.read(path: path).format == .cartoProfiles)
        #expect(throws: ConfigurationProblem.self) { try ConfigurationImport.read(path: path + "x") }
        #expect(throws: ConfigurationProblem.self) { try ConfigurationImport.read(path: folder.path) }
    }
}

@Suite struct WriterTests {
    private var draft: DraftSettings {
        var draft = DraftSettings()
        draft.set("api_base_url", to: "https://a.example.com")
        draft.set("client_id", to: "id: \"quoted\" # no comment")
        draft.set("client_secret", to: "s3cr\"et\\ {x} é")
        draft.set("no_such_key", to: "x")
        return draft
    }

    @Test func whatIsWrittenIsReadBack() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/new/cartouche/cartouche.yaml"
        try ConfigurationWriter().write(draft, to: path)
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
        #expect(stat(folder.path + "/new", &status) == 0 && status.st_mode & 0o777 == 0o700)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path + "/new/cartouche") == ["cartouche.yaml"])
        var written = draft
        written.set("client_id", to: "id")
        try ConfigurationWriter().write(written, to: path, replacing: true)
        let settings = try loader([:]).load(configurationFile: path).settings
        #expect(settings.api.description == "https://a.example.com")
        #expect(settings.credentials[0].secret.secret.matches(Secret("s3cr\"et\\ {x} é")))
        #expect(try String(contentsOfFile: path, encoding: .utf8).contains("# The secret of the OAuth client."))
    }

    @Test func nothingIsReplacedUnasked() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("via: mine\n", to: "c.yaml")
        #expect(throws: ConfigurationWriter.Failure.exists(path: path)) {
            try ConfigurationWriter().write(draft, to: path)
        }
        symlink("/nonexistent/target", folder.path + "/link.yaml")
        #expect(throws: ConfigurationWriter.Failure.self) {
            try ConfigurationWriter().write(draft, to: folder.path + "/link.yaml")
        }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "via: mine\n")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["c.yaml", "link.yaml"])
    }

    @Test func foldersOfOthersAreNoPlaceForSecrets() throws {
        let folder = try TemporaryFolder()
        chmod(folder.path, 0o777)
        #expect(throws: ConfigurationWriter.Failure.self) {
            try ConfigurationWriter().write(draft, to: folder.path + "/c.yaml")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }
}
