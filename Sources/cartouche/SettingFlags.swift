import ArgumentParser

/// The settings as flags. Each is the key of the same name with hyphens; secrets have none, for every user of a
/// machine can read command lines.
struct SettingFlags: ParsableArguments {
    @Option(help: ArgumentHelp("The configuration file.", valueName: "file"))
    var config: String?

    @Option(help: ArgumentHelp("An address to listen on: ADDRESS:PORT, unix:/PATH; repeatable. Port 0: any free one.",
        valueName: "address"))
    var listen: [String] = []

    @Option(help: ArgumentHelp("The URL under which clients reach this program, if not the one they use.",
        valueName: "url"))
    var publicUrl: String?

    @Option(help: ArgumentHelp("A further name requests may carry in Host; repeatable.", valueName: "name"))
    var serverNames: [String] = []

    @Option(help: ArgumentHelp("An origin whose web pages may use the port; repeatable.", valueName: "origin"))
    var origins: [String] = []

    @Option(help: ArgumentHelp("What a client has to show: none or keys.", valueName: "credential"))
    var clients: String?

    @Option(help: ArgumentHelp("The file in which clients' keys are kept.", valueName: "file"))
    var keysFile: String?

    @Option(help: ArgumentHelp("A file for one line per request that can be verified later.", valueName: "file"))
    var auditLog: String?

    @Option(help: ArgumentHelp("The base of the CARTO API.", valueName: "url"))
    var apiBaseUrl: String?

    @Option(help: ArgumentHelp("Another base under which answers may name the API; repeatable.", valueName: "url"))
    var apiBaseAliases: [String] = []

    @Option(help: ArgumentHelp("The base of the accounts API.", valueName: "url"))
    var accountsUrl: String?

    @Option(help: ArgumentHelp("The base of the AI API.", valueName: "url"))
    var aiBaseUrl: String?

    @Option(help: ArgumentHelp("Certificate authorities trusted beside the system's (PEM).", valueName: "file"))
    var upstreamCaFile: String?

    @Option(help: ArgumentHelp("The HTTP proxy connections leave through, without credentials; none for none.",
        valueName: "url"))
    var egressProxy: String?

    @Option(help: ArgumentHelp("A host that is reached without that proxy; repeatable.", valueName: "host"))
    var noProxy: [String] = []

    @Option(help: ArgumentHelp("The Referer to send, for tokens locked to one.", valueName: "url"))
    var referer: String?

    @Option(help: ArgumentHelp("The OAuth client's id.", valueName: "id"))
    var clientId: String?

    @Option(help: ArgumentHelp("A file with the OAuth client's secret; - for standard input.", valueName: "file"))
    var clientSecretFile: String?

    @Option(help: ArgumentHelp("A command that prints the OAuth client's secret.", valueName: "command"))
    var clientSecretCommand: String?

    @Option(help: ArgumentHelp("The authorization server.", valueName: "url"))
    var authServer: String?

    @Option(help: ArgumentHelp("The token endpoint, if not at its usual place there.", valueName: "url"))
    var tokenUrl: String?

    @Option(help: ArgumentHelp("The audience of tokens.", valueName: "text"))
    var audience: String?

    @Option(help: ArgumentHelp("The scope of tokens.", valueName: "text"))
    var scope: String?

    @Option(help: ArgumentHelp("How the client authenticates to the token endpoint: body or basic.", valueName: "way"))
    var tokenAuth: String?

    @Option(help: ArgumentHelp("A file with an API Access Token; - for standard input.", valueName: "file"))
    var apiAccessTokenFile: String?

    @Option(help: ArgumentHelp("A command that prints an API Access Token.", valueName: "command"))
    var apiAccessTokenCommand: String?

    @Option(help: ArgumentHelp("A file with an OAuth access token had elsewhere.", valueName: "file"))
    var oauthAccessTokenFile: String?

    @Option(help: ArgumentHelp("A command that prints an OAuth access token.", valueName: "command"))
    var oauthAccessTokenCommand: String?

    @Option(help: ArgumentHelp("The token for routes that take either: api_access_token or oauth.", valueName: "kind"))
    var preferToken: String?

    @Option(help: ArgumentHelp("Keep OAuth tokens on disk between runs: on or off.", valueName: "on|off"))
    var tokenCache: String?

    @Option(help: ArgumentHelp("How often commands that print secrets are run again.", valueName: "duration"))
    var secretCommandInterval: String?

    @Option(help: ArgumentHelp("How log records are written: text or json.", valueName: "format"))
    var logFormat: String?

    @Option(help: ArgumentHelp("The least severe records written: trace, debug, info, warning, error.",
        valueName: "level"))
    var logLevel: String?

    @Option(help: ArgumentHelp("One record per request: on or off.", valueName: "on|off"))
    var accessLog: String?

    @Option(help: ArgumentHelp("Our name in Via fields.", valueName: "name"))
    var via: String?

    @Option(help: ArgumentHelp("The number of event loops.", valueName: "count"))
    var loops: String?

    @Flag(help: "Keep the right to every file, port and system call.")
    var insecureNoConfinement = false

    @Option(help: ArgumentHelp("Another setting, by its key; repeatable.", valueName: "key=value"))
    var set: [String] = []
}

extension SettingFlags {
    /// What was given, by the name of the key.
    func given() throws(Stop) -> [String: [String]] {
        var values: [String: [String]] = [
            "listen": listen, "server_names": serverNames, "origins": origins, "api_base_aliases": apiBaseAliases,
            "no_proxy": noProxy,
        ]
        let single: [(String, String?)] = [
            ("clients", clients), ("keys_file", keysFile), ("audit_log", auditLog), ("public_url", publicUrl),
            ("api_base_url", apiBaseUrl), ("accounts_url", accountsUrl),
            ("ai_base_url", aiBaseUrl), ("upstream_ca_file", upstreamCaFile),
            ("egress_proxy", egressProxy), ("referer", referer),
            ("client_id", clientId), ("client_secret_file", clientSecretFile),
            ("client_secret_command", clientSecretCommand), ("auth_server", authServer), ("token_url", tokenUrl),
            ("audience", audience), ("scope", scope), ("token_auth", tokenAuth),
            ("api_access_token_file", apiAccessTokenFile), ("api_access_token_command", apiAccessTokenCommand),
            ("oauth_access_token_file", oauthAccessTokenFile),
            ("oauth_access_token_command", oauthAccessTokenCommand), ("prefer_token", preferToken),
            ("token_cache", tokenCache), ("secret_command_interval", secretCommandInterval),
            ("log_format", logFormat), ("log_level", logLevel), ("access_log", accessLog), ("via", via),
            ("loops", loops),
        ]
        for (key, value) in single { if let value { values[key] = [value] } }
        if insecureNoConfinement { values["insecure_no_confinement"] = ["on"] }
        for pair in set {
            guard let equals = pair.firstIndex(of: "=") else {
                throw Stop(.usage, "--set: \(pair) is no KEY=VALUE")
            }
            values[String(pair[..<equals]), default: []].append(String(pair[pair.index(after: equals)...]))
        }
        return values.filter { !$0.value.isEmpty }
    }
}
