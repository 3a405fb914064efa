/// Every key there is. Defaults and limits are stated here and nowhere else.
enum Keys {
    // MARK: Listening

    static let listen = SettingKey.list(
        KeyDefinition(
            "listen", .listenAddress, in: .listening, isList: true,
            standard: ["127.0.0.1:22786", "[::1]:22786"],
            help: "Addresses to listen on: `ADDRESS:PORT`, `[IPV6]:PORT`, `unix:/PATH`, and with TLS "
                + "`https://ADDRESS:PORT`. Port 0 takes any free one and prints it."),
        standard: [
            .tcp(.loopback4, port: ListenAddress.defaultPort), .tcp(.loopback6, port: ListenAddress.defaultPort),
        ]
    ) { piece throws(ValueProblem) in try ListenAddress.parse(piece.text) }

    static let publicURL = SettingKey.optionalURL(
        "public_url", for: .ownAddress, in: .listening, note: "the address the client used",
        help: "The URL under which clients reach the program, when that is not the address they connect to. "
            + "URLs in answers are rewritten to begin with it.")

    static let serverNames = SettingKey.list(
        KeyDefinition(
            "server_names", .serverName, in: .listening, isList: true,
            help: "Names that requests may carry in `Host` beside those of the listeners and of `public_url`."),
        standard: []
    ) { piece throws(ValueProblem) in [try ServerName(piece.text)] }

    static let origins = SettingKey.list(
        KeyDefinition(
            "origins", .origin, in: .listening, isList: true, standard: OriginPattern.loopback.map(\.description),
            help: "Origins whose web pages may use the port; the port of an origin may be `*`. "
                + "`none` lets no page in."),
        standard: OriginPattern.loopback
    ) { piece throws(ValueProblem) in piece.text == "none" ? [] : [try OriginPattern(piece.text)] }

    static let tlsCertificateFile = SettingKey.optionalPath(
        "tls_certificate_file", in: .listening,
        help: "The certificate of `https://` listeners and those that link it to its authority, PEM.")

    static let tlsKeyFile = SettingKey.optionalPath(
        "tls_key_file", in: .listening,
        help: "The private key of that certificate, PEM, not encrypted; readable by its owner only.")

    static let tlsClientCAFile = SettingKey.optionalPath(
        "tls_client_ca_file", in: .listening, note: "clients are not asked for certificates",
        help: "A PEM file of the authorities whose certificates let clients in at `https://` listeners.")

    static let tlsClientCertificates = SettingKey<ClientCertificates>.choice(
        "tls_client_certificates", in: .listening, standard: .required,
        help: "With `tls_client_ca_file`: whether every client has to show a certificate, or only one that is shown "
            + "is verified.")

    static let unixSocketMode = SettingKey.one(
        KeyDefinition(
            "unix_socket_mode", .fileMode, in: .listening, standard: ["0600"],
            help: "The mode of the files of `unix:` listeners: who may write to one may connect."),
        standard: UInt16(0o600)
    ) { piece throws(ValueProblem) in try FileMode.parse(piece.text) }

    static let unixSocketOwner = SettingKey.optional(
        KeyDefinition(
            "unix_socket_owner", .account, in: .listening, standardNote: "the user the program runs as",
            help: "The owner of these files, by name or number; to set another than oneself takes root.")
    ) { piece throws(ValueProblem) in try Account.user(piece.text) }

    static let unixSocketGroup = SettingKey.optional(
        KeyDefinition(
            "unix_socket_group", .account, in: .listening, standardNote: "that of the user the program runs as",
            help: "The group of these files, by name or number.")
    ) { piece throws(ValueProblem) in try Account.group(piece.text) }

    static let allowUIDs = SettingKey.list(
        KeyDefinition(
            "allow_uids", .account, in: .listening, isList: true, standardNote: "every user of this machine",
            help: "The users of this machine who may connect, by number or name, over TCP and `unix:` alike."),
        standard: []
    ) { piece throws(ValueProblem) in [try Account.user(piece.text)] }

    static let allowFrom = SettingKey.list(
        KeyDefinition(
            "allow_from", .networkRange, in: .listening, isList: true, standardNote: "any address",
            help: "Addresses from which clients may connect to listeners that other machines reach: `10.0.0.0/8`, "
                + "`fd00::/8`, `192.0.2.7`."),
        standard: []
    ) { piece throws(ValueProblem) in [try NetworkRange(piece.text)] }

    static let clients = SettingKey<ClientCredential>.choice(
        "clients", in: .clients, standard: .none,
        help: "What a client has to show: `none`, whoever can connect is let in; `keys`, a key made with "
            + "`cartouche keys add`.")

    static let keysFile = SettingKey.optionalPath(
        "keys_file", in: .clients, note: "`keys.json` beside the configuration file",
        help: "The file in which keys are kept, their hashes and not themselves. It is read again when it changes.")

    static let auditLog = SettingKey.optionalPath(
        "audit_log", in: .clients, note: "none is written",
        help: "A file to which one line per request is appended: who, which route, status, bytes. Each line is bound "
            + "to the one before; `cartouche audit verify` finds what was changed or taken out.")

    static let auditFailure = SettingKey<AuditFailure>.choice(
        "audit_failure", in: .clients, standard: .refuse,
        help: "While the audit log cannot be written: requests are refused (`refuse`), or served and counted (`serve`).")

    static let insecureAllowUnauthenticated = SettingKey.onOff(
        "insecure_allow_unauthenticated", in: .listening, standard: false,
        help: "Lets the program listen on addresses other machines reach although clients need no credential: "
            + "whoever reaches the port uses yours.")

    static let insecureAllowPlaintext = SettingKey.onOff(
        "insecure_allow_plaintext", in: .listening, standard: false,
        help: "Lets the program listen without TLS on addresses other machines reach.")

    // MARK: Upstreams

    static let apiBaseURL = SettingKey.optionalURL(
        "api_base_url", for: .upstream, in: .upstreams, cartoVariables: ["CARTO_API_BASE_URL", "apiBaseURL"],
        note: "none, it is required",
        help: "The base of the CARTO API: that of your region, or of your own deployment with its path.")

    static let apiBaseAliases = SettingKey.list(
        KeyDefinition(
            "api_base_aliases", .baseURL, in: .upstreams, isList: true,
            help: "Other bases under which answers may name the API; URLs that begin with one are rewritten too."),
        standard: []
    ) { piece throws(ValueProblem) in [try BaseURL(piece.text, for: .ownAddress)] }

    static let accountsURL = SettingKey.baseURL(
        "accounts_url", in: .upstreams, standard: .accounts, cartoVariables: ["accountsURL"],
        help: "The base of the accounts API (Activity Data).")

    static let aiBaseURL = SettingKey.optionalURL(
        "ai_base_url", for: .upstream, in: .upstreams, note: "none: its routes are refused",
        help: "The base of the AI API.")

    static let upstreamCAFile = SettingKey.optionalPath(
        "upstream_ca_file", in: .upstreams, note: "the system's certificates alone",
        help: "A PEM file of certificate authorities trusted beside the system's, for all upstreams and the "
            + "authorization server.")

    static let egressProxy = SettingKey<EgressProxyURL?>.egressProxy(
        "egress_proxy", in: .upstreams, variables: ["https_proxy", "HTTPS_PROXY"],
        note: "none: connections leave directly",
        help: "An HTTP proxy through which connections leave, by CONNECT: `http://HOST:PORT`, with `USER:PASSWORD@` "
            + "before the host where it asks for them (in a file, readable by its owner only; never in a flag). "
            + "`none` leaves directly although a variable names one.")

    static let noProxy = SettingKey.directHosts(
        "no_proxy", in: .upstreams, variables: ["no_proxy", "NO_PROXY"],
        help: "Hosts that are connected to directly although there is a proxy: names with those below them, "
            + "`.example.com` for those below only, addresses, ranges, each perhaps with `:PORT`; `*` for all. "
            + "This machine always is.")

    static let referer = SettingKey.optionalText(
        "referer", in: .upstreams, note: "none is sent",
        help: "The `Referer` sent with every request, for API Access Tokens locked to one.")

    // MARK: Credentials

    static let authServer = SettingKey.baseURL(
        "auth_server", in: .credentials, standard: .authorizationServer, cartoVariables: ["authServer"],
        help: "The authorization server.")

    static let tokenURL = SettingKey.optionalURL(
        "token_url", for: .endpoint, in: .credentials, note: "`{auth_server}/oauth/token`",
        help: "The token endpoint, where it is not at its usual place on the authorization server.")

    static let audience = SettingKey.text(
        "audience", in: .credentials, standard: "carto-cloud-native-api",
        help: "The audience of the OAuth tokens asked for.")

    static let scope = SettingKey.optionalText(
        "scope", in: .credentials, note: "none is asked for",
        help: "The scope of the OAuth tokens asked for, as in RFC 6749 §3.3.",
        // RFC 6749 §3.3: scope-tokens separated by spaces
        allowing: { $0 == 0x20 || (ASCII.isVisible($0) && $0 != 0x22 && $0 != 0x5C) })

    static let tokenAuth = SettingKey<TokenAuthentication>.choice(
        "token_auth", in: .credentials, standard: .body,
        help: "How the client proves itself to the token endpoint: in the `body`, or by `basic` authentication.")

    static let clientID = SettingKey.optionalText(
        "client_id", in: .credentials, cartoVariables: ["CARTO_CLIENT_ID", "clientId"],
        help: "The id of the OAuth machine-to-machine client.")

    static let clientSecret = SecretKey(
        "client_secret", content: .clientSecret, cartoVariables: ["CARTO_CLIENT_SECRET", "clientSecret"],
        help: "The secret of the OAuth client.")

    static let apiAccessToken = SecretKey(
        "api_access_token", content: .token, cartoVariables: ["CARTO_API_TOKEN", "apiAccessToken"],
        help: "An API Access Token. It grants less than an OAuth token and is used wherever a route takes it.")

    static let oauthAccessToken = SecretKey(
        "oauth_access_token", content: .token, cartoVariables: ["accessToken"],
        help: "An OAuth access token had elsewhere. It cannot be renewed: a client id and secret can.")

    static let preferToken = SettingKey<TokenPreference>.choice(
        "prefer_token", in: .credentials, standard: .apiAccessToken,
        help: "Which token is used where a route takes either and both are configured.")

    static let tokenCache = SettingKey.onOff(
        "token_cache", in: .credentials, standard: true,
        help: "Keeps OAuth tokens on disk between runs, in `$XDG_STATE_HOME/cartouche`, encrypted under a key derived "
            + "from the client secret. Processes of one user then share them.")

    static let secretCommandInterval = SettingKey.duration(
        "secret_command_interval", in: .credentials, standard: .zero, within: .zero...(.seconds(30 * 86_400)),
        help: "How often commands that print secrets are run again, to notice new ones. With `0s` that is only on "
            + "HUP, and shortly before a token they printed ends.")

    static let credentials = KeyDefinition(
        "credentials", .credentials, in: .credentials, isList: true,
        help: "Further credentials: each a `name` and the keys of one client or one token, as above.")

    static let credentialRules = KeyDefinition(
        "credential_rules", .credentialRules, in: .credentials, isList: true,
        help: "Which credentials serve which requests: `use` names them; `connection`, `path` (a prefix) and "
            + "`listener` say when. The first rule that fits decides. Without one, the keys above serve all.")

    // MARK: Policy

    static let routes = KeyDefinition(
        "routes", .routes, in: .policy, isList: true,
        help: "Rules that come before those of the built-in route table: routes to add, to change, to deny.")

    static let readOnly = SettingKey.onOff(
        "read_only", in: .policy, standard: false,
        help: "Refuses every request that is not known to only read.")

    // MARK: Limits

    static let maxConnections = SettingKey.count(
        "max_connections", standard: 16_384, within: 1...1_000_000,
        help: "Connections of clients at one time; fewer where the limit on open files demands it.")

    static let maxConnectionsPerAddress = SettingKey.count(
        "max_connections_per_address", standard: 512, within: 1...1_000_000,
        help: "Connections at one time from one address, on listeners that other machines reach; of IPv6, from one "
            + "/64 network.")

    static let maxUpstreamConnections = SettingKey.count(
        "max_upstream_connections", standard: 256, within: 1...65_535,
        help: "Connections to one upstream at one time.")

    static let maxWaitingRequests = SettingKey.count(
        "max_waiting_requests", standard: 1024, within: 0...1_000_000,
        help: "Requests that may wait for an upstream connection; further ones are answered 503 at once.")

    static let maxRequestHead = SettingKey.size(
        "max_request_head", standard: 32 << 10, within: 1024...(1 << 20),
        help: "The size of a request's head, request line and fields together.")

    static let maxRequestLine = SettingKey.size(
        "max_request_line", standard: 16 << 10, within: 512...(1 << 20), help: "The size of a request line.")

    static let maxFields = SettingKey.count(
        "max_fields", standard: 100, within: 8...1000, help: "The number of fields of a request's head.")

    static let minBodyRate = SettingKey.size(
        "min_body_rate", standard: 256, within: 0...(1 << 20),
        help: "What a client has to send of a request's body, or take of an answer's, in a second, in bytes: one that "
            + "is slower has `body_idle_timeout` for all of it. `0` lets it drip.")

    // MARK: Deadlines

    static let connectTimeout = SettingKey.duration(
        "connect_timeout", standard: .seconds(10), within: .milliseconds(100)...(.seconds(300)),
        help: "To look up, connect to and agree on TLS with an upstream.")

    static let headTimeout = SettingKey.duration(
        "head_timeout", standard: .seconds(10), within: .milliseconds(100)...(.seconds(300)),
        help: "For a client to send a request's head, from its first byte to its last.")

    static let bodyIdleTimeout = SettingKey.duration(
        "body_idle_timeout", standard: .seconds(30), within: .milliseconds(100)...(.seconds(3600)),
        help: "For the next bytes of a body, in either direction.")

    static let answerTimeout = SettingKey.duration(
        "answer_timeout", standard: .seconds(75), within: .milliseconds(100)...(.seconds(3600)),
        help: "For the first byte of an upstream's answer. CARTO itself gives up after 60 s, and then says why.")

    static let keepAliveTimeout = SettingKey.duration(
        "keep_alive_timeout", standard: .seconds(60), within: .zero...(.seconds(3600)),
        help: "How long a client's connection is kept open between requests.")

    static let upstreamIdleTimeout = SettingKey.duration(
        "upstream_idle_timeout", standard: .seconds(30), within: .zero...(.seconds(3600)),
        help: "How long a connection to an upstream is kept open between requests.")

    static let drainTimeout = SettingKey.duration(
        "drain_timeout", standard: .seconds(30), within: .zero...(.seconds(3600)),
        help: "How long requests in flight may take to finish after TERM.")

    // MARK: Logs

    static let logFormat = SettingKey<LogFormat>.choice(
        "log_format", in: .observation, standard: .text, help: "How records are written to standard error.")

    static let logLevel = SettingKey<LogLevel>.choice(
        "log_level", in: .observation, standard: .info, help: "The least severe records that are written.")

    static let accessLog = SettingKey.onOff(
        "access_log", in: .observation, standard: true, help: "One record per request.")

    // MARK: Process

    static let via = SettingKey.text(
        "via", in: .process, standard: "cartouche",
        help: "The name under which the program enters itself in `Via` fields (RFC 9110 §7.6.3).",
        allowing: ASCII.isTokenCharacter)

    static let loops = SettingKey.optionalCount(
        "loops", in: .process, within: 1...256, note: "as many as processors the program may use",
        help: "The number of event loops.")

    static let insecureNoConfinement = SettingKey.onOff(
        "insecure_no_confinement", in: .process, standard: false,
        help: "Keeps the process's right to every file, port and system call it has no use for. Takes effect at the "
            + "next start.")
}

extension BaseURL {
    /// CARTO's cloud.
    static let accounts = BaseURL(https: "accounts.app.carto.com")
    static let authorizationServer = BaseURL(https: "auth.carto.com")
}
