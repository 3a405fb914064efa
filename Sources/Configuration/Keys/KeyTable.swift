/// The one table of keys, in the order of the reference.
package enum KeyTable {
    package static let all: [KeyDefinition] =
        listening + clients + upstreams + credentials + policy + limits + deadlines + process

    package static func definition(named name: String) -> KeyDefinition? { byName[name] }

    private static let byName = Dictionary(all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

    private static let listening = [
        Keys.listen.definition, Keys.publicURL.definition, Keys.serverNames.definition, Keys.origins.definition,
        Keys.tlsCertificateFile.definition, Keys.tlsKeyFile.definition, Keys.tlsClientCAFile.definition,
        Keys.tlsClientCertificates.definition, Keys.unixSocketMode.definition, Keys.unixSocketOwner.definition,
        Keys.unixSocketGroup.definition, Keys.allowUIDs.definition, Keys.allowFrom.definition,
        Keys.insecureAllowUnauthenticated.definition, Keys.insecureAllowPlaintext.definition,
    ]

    private static let clients = [
        Keys.clients.definition, Keys.keysFile.definition, Keys.auditLog.definition, Keys.auditFailure.definition,
    ]

    private static let upstreams = [
        Keys.apiBaseURL.definition, Keys.apiBaseAliases.definition, Keys.accountsURL.definition,
        Keys.aiBaseURL.definition, Keys.upstreamCAFile.definition, Keys.egressProxy.definition,
        Keys.noProxy.definition, Keys.referer.definition,
    ]

    private static let credentials =
        [Keys.clientID.definition] + Keys.clientSecret.definitions
        + [
            Keys.authServer.definition, Keys.tokenURL.definition, Keys.audience.definition, Keys.scope.definition,
            Keys.tokenAuth.definition,
        ] + Keys.apiAccessToken.definitions + Keys.oauthAccessToken.definitions
        + [
            Keys.preferToken.definition, Keys.tokenCache.definition, Keys.secretCommandInterval.definition,
            Keys.credentials, Keys.credentialRules,
        ]

    private static let policy = [Keys.routes, Keys.readOnly.definition]

    private static let limits = [
        Keys.maxConnections.definition, Keys.maxConnectionsPerAddress.definition, Keys.maxUpstreamConnections.definition,
        Keys.maxWaitingRequests.definition, Keys.maxRequestHead.definition, Keys.maxRequestLine.definition, Keys.maxFields.definition,
        Keys.minBodyRate.definition,
    ]

    private static let deadlines = [
        Keys.connectTimeout.definition, Keys.headTimeout.definition, Keys.bodyIdleTimeout.definition,
        Keys.answerTimeout.definition, Keys.keepAliveTimeout.definition, Keys.upstreamIdleTimeout.definition,
        Keys.drainTimeout.definition,
    ]

    private static let process = [
        Keys.logFormat.definition, Keys.logLevel.definition, Keys.accessLog.definition, Keys.via.definition,
        Keys.loops.definition, Keys.insecureNoConfinement.definition,
    ]
}
