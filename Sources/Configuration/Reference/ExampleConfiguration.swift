/// The commented example: every key with its help and, behind a `#`, its default.
package enum ExampleConfiguration {
    package static var yaml: String {
        var text = """
            # Cartouche: every key there is, with its default.
            #
            # A file like this is found as $XDG_CONFIG_HOME/cartouche/cartouche.yaml (or under ~/.config), as
            # /etc/cartouche/cartouche.yaml, or by --config. Each key can also be given as a flag (--log-level) or as a
            # variable (CARTOUCHE_LOG_LEVEL): flags beat variables, variables beat the file.

            """
        for chapter in KeyDefinition.Chapter.allCases {
            text +=
                "\n# ---- \(chapter.rawValue) " + String(repeating: "-", count: 90 - chapter.rawValue.utf8.count) + "\n"
            for definition in KeyTable.all where definition.chapter == chapter { text += entry(definition) }
        }
        return text
    }

    private static func entry(_ definition: KeyDefinition) -> String {
        let help = Wrapped.lines(definition.help, width: 104).map { "# \($0)\n" }.joined()
        let note = definition.standardNote.map { "# Default: \($0)\n" } ?? ""
        let value: String
        if let given = given[definition.name] {
            value = given
        } else if definition.isList, !definition.standard.isEmpty {
            value = "# \(definition.name):\n" + definition.standard.map { "#   - \"\($0)\"\n" }.joined()
        } else if let standard = definition.standard.first {
            value = "# \(definition.name): \(standard)\n"
        } else {
            value = "# \(definition.name):\(samples[definition.name] ?? "")\n"
        }
        return "\n" + help + note + value
    }

    /// What an example cannot leave out.
    private static let given = [
        "api_base_url": "api_base_url: https://gcp-us-east1.api.carto.com\n",
        "client_id": "client_id: your-client-id\n",
        "client_secret_file": "client_secret_file: client_secret\n",
    ]

    private static let samples = [
        "public_url": " https://maps.example.com", "server_names": " [maps.example.com]",
        "tls_certificate_file": " server.pem", "tls_key_file": " server.key", "tls_client_ca_file": " clients-ca.pem",
        "keys_file": " keys.json", "audit_log": " /var/log/cartouche/audit.log",
        "unix_socket_owner": " root", "unix_socket_group": " root", "allow_uids": " [0, 1000]",
        "allow_from": " [10.0.0.0/8, \"fd00::/8\"]",
        "api_base_aliases": " [https://gcp-us-east1-01.api.carto.com]",
        "ai_base_url": " https://litellm-gcp-us-east1.api.carto.com/v1",
        "upstream_ca_file": " /etc/ssl/certs/our-ca.pem", "referer": " https://maps.example.com/",
        "egress_proxy": " http://proxy.example.com:3128", "no_proxy": " [carto.example.com, 10.0.0.0/8]",
        "token_url": " https://carto.example.com/auth-api/oauth/token", "scope": " read:maps",
        "client_secret_command": " [op, read, \"op://team/carto/secret\"]", "client_secret": " …",
        "api_access_token": " …", "api_access_token_file": " api_access_token",
        "api_access_token_command": " pass show carto/token", "oauth_access_token": " …",
        "oauth_access_token_file": " oauth_access_token", "oauth_access_token_command": " pass show carto/oauth",
        "credentials": "\n#   - name: analytics\n#     api_access_token_file: analytics_token",
        "credential_rules": "\n#   - connection: carto_dw\n#     use: [analytics, oauth_client]",
        "routes": "\n#   - match: \"DELETE /v3/imports/{id}\"\n#     access: deny\n#     because: imports are kept",
        "loops": " 2",
    ]
}
