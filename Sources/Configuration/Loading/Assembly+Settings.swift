extension Assembly {
    /// Nil when something that has no default is missing or wrong. The other keys are read all the same, for
    /// their problems.
    mutating func settings(configurationFile: String?) -> Settings? {
        let listen = value(Keys.listen)
        let insecure = InsecureSettings(
            allowsUnauthenticated: value(Keys.insecureAllowUnauthenticated),
            allowsPlaintext: value(Keys.insecureAllowPlaintext),
            forgoesConfinement: value(Keys.insecureNoConfinement))
        let clients = clients()
        let listenerTLS = listenerTLS(listen, insecure, clients)
        let peers = peers()
        let api = api()
        let publicURL = value(Keys.publicURL)
        let serverNames = value(Keys.serverNames)
        let origins = value(Keys.origins)
        let apiAliases = value(Keys.apiBaseAliases)
        let accounts = value(Keys.accountsURL)
        let ai = value(Keys.aiBaseURL)
        let upstreamAuthorities = upstreamAuthorities()
        let egress = EgressSettings(proxy: value(Keys.egressProxy), direct: value(Keys.noProxy))
        let referer = value(Keys.referer)
        let (credentials, book) = credentialBook(listeners: listen)
        let tokens = TokenSettings(
            areKeptOnDisk: value(Keys.tokenCache), secretCommandInterval: value(Keys.secretCommandInterval))
        let routes = routeTable(credentials: credentials.map(\.name))
        let readOnly = value(Keys.readOnly)
        let limits = limits()
        let deadlines = deadlines()
        let log = LogSettings(
            format: value(Keys.logFormat), level: value(Keys.logLevel), writesAccessLog: value(Keys.accessLog))
        let via = value(Keys.via)
        let loops = value(Keys.loops)
        guard let api, let book, let routes else { return nil }
        return Settings(
            listen: listen, publicURL: publicURL, serverNames: serverNames, origins: origins, insecure: insecure,
            listenerTLS: listenerTLS, peers: peers, clients: clients, api: api, apiAliases: apiAliases,
            accounts: accounts, ai: ai, upstreamAuthorities: upstreamAuthorities, egress: egress,
            referer: referer, credentials: credentials, credentialBook: book, tokens: tokens, routes: routes,
            readOnly: readOnly, limits: limits, deadlines: deadlines, log: log, via: via, loops: loops,
            configurationFile: configurationFile)
    }

    mutating func clients() -> ClientSettings {
        ClientSettings(
            credential: value(Keys.clients), keysFile: value(Keys.keysFile) ?? standardKeysFile,
            auditLog: value(Keys.auditLog), auditFailure: value(Keys.auditFailure))
    }

    private mutating func deadlines() -> DeadlineSettings {
        DeadlineSettings(
            connect: value(Keys.connectTimeout), head: value(Keys.headTimeout), bodyIdle: value(Keys.bodyIdleTimeout),
            answer: value(Keys.answerTimeout), keepAlive: value(Keys.keepAliveTimeout),
            upstreamIdle: value(Keys.upstreamIdleTimeout), drain: value(Keys.drainTimeout))
    }

    private mutating func limits() -> LimitSettings {
        let head = value(Keys.maxRequestHead)
        var line = value(Keys.maxRequestLine)
        if line > head {
            if given.isGiven(Keys.maxRequestLine.definition.name) {
                findings.report(
                    .settingsAgree, at: place(of: Keys.maxRequestLine.definition),
                    "max_request_line is larger than max_request_head, of which it is a part")
            }
            line = head
        }
        return LimitSettings(
            connections: value(Keys.maxConnections), connectionsPerAddress: value(Keys.maxConnectionsPerAddress),
            upstreamConnections: value(Keys.maxUpstreamConnections), waitingRequests: value(Keys.maxWaitingRequests), requestHead: head, requestLine: line,
            fields: value(Keys.maxFields), bodyRate: value(Keys.minBodyRate))
    }

    /// The authorities must be there, be ours to trust, and be certificates.
    private mutating func upstreamAuthorities() -> [UInt8] {
        guard let path = value(Keys.upstreamCAFile) else { return [] }
        let place = place(of: Keys.upstreamCAFile.definition)
        do throws(FileProblem) {
            let file = try ProtectedFile(at: path, limit: 8 << 20, trust: trust)
            if !file.bytes.contains(sequence: Array("-----BEGIN CERTIFICATE-----".utf8)) {
                findings.report(.filesAreWellFormed, at: place, "upstream_ca_file: \(path) holds no PEM certificate")
            }
            return file.bytes
        } catch {
            findings.report(
                error.rule, at: place, "upstream_ca_file: \(error.message)", suggestion: error.suggestion)
            return []
        }
    }
}

extension [UInt8] {
    /// Whether `wanted` stands anywhere in it.
    fileprivate func contains(sequence wanted: [UInt8]) -> Bool {
        var rest = self[...]
        while let start = rest.firstIndex(where: { $0 == wanted.first }) {
            rest = rest[start...]
            if rest.starts(with: wanted) { return true }
            rest = rest.dropFirst()
        }
        return false
    }
}
