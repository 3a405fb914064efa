import Configuration
import Foundation
import Testing

/// The files beside the code that are derived from the key table. With `CARTOUCHE_RECORD=1` in the environment
/// the tests write them instead of comparing.
@Suite struct ReferenceTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../config").standardizedFileURL

    private func compare(_ text: String, with name: String) throws {
        let file = Self.folder.appending(path: name)
        if ProcessInfo.processInfo.environment["CARTOUCHE_RECORD"] == "1" {
            try Data(text.utf8).write(to: file)
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == text, "run the tests with CARTOUCHE_RECORD=1")
    }

    @Test func theExampleIsOfToday() throws { try compare(ExampleConfiguration.yaml, with: "cartouche.yaml") }

    @Test func theSchemaIsOfToday() throws {
        try compare(ConfigurationSchema.json, with: "cartouche.schema.json")
        #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(ConfigurationSchema.json.utf8)) }
    }

    @Test(arguments: ["cartouche.yaml", "minimal.yaml"])
    func theExamplesLoad(name: String) throws {
        let folder = try TemporaryFolder()
        let text = try String(contentsOf: Self.folder.appending(path: name), encoding: .utf8)
        let file = try folder.write(text, to: "cartouche.yaml", mode: 0o644)
        try folder.write("secret\n", to: "client_secret")
        #expect(throws: Never.self) { try loader([:]).load(configurationFile: file) }
    }

    /// Every commented line of the example is right when the comment sign is taken away.
    @Test func theCommentedLinesAreRight() throws {
        let folder = try TemporaryFolder()
        for name in ["client_secret", "api_access_token", "oauth_access_token", "analytics_token"] {
            try folder.write("secret\n", to: name)
        }
        try folder.write("-----BEGIN CERTIFICATE-----\n", to: "our-ca.pem")
        var lines: [String] = []
        for line in ExampleConfiguration.yaml.split(separator: "\n") {
            let isKey = KeyTable.all.contains { line.hasPrefix("# \($0.name):") } || line.hasPrefix("#   ")
            lines.append(isKey ? String(line.dropFirst(2)) : String(line))
        }
        // What contradicts what the example says already, or needs what is not here.
        let text = lines.filter { line in
            ![
                "client_secret:", "client_secret_command:", "api_access_token:", "api_access_token_command:",
                "oauth_access_token:", "oauth_access_token_command:", "tls_certificate_file:", "tls_key_file:",
                "tls_client_ca_file:",
            ].contains { line.hasPrefix($0) }
        }.joined(separator: "\n").replacingOccurrences(
            of: "/etc/ssl/certs/our-ca.pem", with: folder.path + "/our-ca.pem")
        let file = try folder.write(text + "\n", to: "all.yaml")
        let loaded = try loader([:]).load(configurationFile: file)
        #expect(loaded.settings.credentials.map(\.name) == ["oauth_client", "api_access_token", "analytics"])
        #expect(loaded.settings.referer != nil && loaded.settings.loops == 2)
    }

    @Test func theTableIsWhole() {
        let names = KeyTable.all.map(\.name)
        #expect(Set(names).count == names.count)
        for definition in KeyTable.all {
            #expect(!definition.help.isEmpty && definition.help.hasSuffix("."), "\(definition.name)")
            #expect(!definition.hasFlag || !definition.isSecret)
            #expect(KeyReference.markdown.contains("`\(definition.name)`"))
        }
        #expect(KeyTable.definition(named: "api_base_url")?.variable == "CARTOUCHE_API_BASE_URL")
        #expect(KeyTable.definition(named: "api_base_url")?.flag == "--api-base-url")
    }

    /// What the table says the default is, is what the program does.
    @Test func writtenDefaultsAreTheDefaults() throws {
        func shown(_ settings: Settings) -> String {
            String(reflecting: settings.deadlines) + String(reflecting: settings.limits)
                + String(reflecting: settings.log) + String(reflecting: settings.tokens)
                + "\(settings.listen)\(settings.origins)\(settings.via)\(settings.accounts)\(settings.readOnly)"
                + "\(settings.insecure)"
        }
        let plain = shown(try load().settings)
        for definition in KeyTable.all where definition.hasFlag && !definition.standard.isEmpty {
            let said = shown(try load(flags: [definition.name: definition.standard]).settings)
            #expect(said == plain, "\(definition.name)")
        }
    }

    @Test func theSummaryShowsEverythingButSecrets() throws {
        let loaded = try load(
            [
                "CARTOUCHE_CLIENT_ID": "id", "CARTOUCHE_CLIENT_SECRET_COMMAND": "echo CANARY",
                "CARTOUCHE_API_ACCESS_TOKEN": "CANARY",
            ],
            flags: ["log_level": ["debug"]])
        let text = loaded.summary.description
        #expect(!text.contains("CANARY"))
        #expect(text.contains("log_level") && text.contains("debug  (--log-level)"))
        #expect(text.contains("<secret>  ($CARTOUCHE_API_ACCESS_TOKEN)"))
        #expect(text.contains("127.0.0.1:22786, [::1]:22786  (default)"))
        #expect(!"\(loaded)".contains("CANARY"))
    }
}
