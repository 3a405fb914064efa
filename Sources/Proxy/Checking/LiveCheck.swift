import Credentials
import Secrets
import Transport
import Upstream

/// Tries every credential as `serve` would use it: gets a token where one has to be got, and sends one cheap request
/// to the API. Over an event loop of its own, with the code that serves.
package actor LiveCheck {
    package nonisolated let executor: LoopExecutor
    private let loop: EventLoop
    private let resolver = Resolver(pool: BlockingPool())
    private let settings: ProxySettings
    private var pools: [UpstreamPool] = []
    // Held while they are under way.
    private var fetch: TokenFetch?
    private var probe: LiveProbe?

    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    private init(executor: LoopExecutor, settings: ProxySettings) {
        self.executor = executor
        self.settings = settings
        loop = EventLoop(executor: executor)
    }

    /// The findings of all credentials, in their order.
    package static func run(_ settings: ProxySettings) async throws(SystemError) -> [LiveFinding] {
        let executor = try LoopExecutor()
        let check = LiveCheck(executor: executor, settings: settings)
        let driver = LoopDriver(executor: executor, label: "cartouche.check") {
            check.assumeIsolated { $0.loop.turn() }
        }
        defer { driver.cancel() }
        return await check.findings()
    }

    private func findings() async -> [LiveFinding] {
        var findings: [LiveFinding] = []
        for index in settings.credentials.indices where settings.book.entries.indices.contains(index) {
            findings += await check(settings.credentials[index], name: settings.book.entries[index].name)
        }
        for pool in pools { pool.close() }
        return findings
    }

    private func check(_ credential: ProxySettings.Credential, name: String) async -> [LiveFinding] {
        switch credential {
        case .fixed(let token):
            return [await request(with: token.secret, name)]
        case .client(_, let client, let secret, let endpoint):
            let target = Self.url(of: client.endpoint)
            switch await fetchToken(client, secret, endpoint) {
            case .success(let grant):
                let detail = "a token was issued for \(grant.lifetime.wholeSeconds) s"
                let finding = LiveFinding(
                    credential: name, step: .token, target: target, outcome: .passed, detail: detail)
                return [finding, await request(with: grant.token, name)]
            case .failure(let failure):
                return [
                    LiveFinding(
                        credential: name, step: .token, target: target, outcome: Self.outcome(of: failure),
                        detail: failure.description)
                ]
            }
        }
    }

    // MARK: The token

    private func fetchToken(
        _ client: OAuthClient, _ secret: Secret, _ endpoint: Endpoint
    ) async -> Result<TokenGrant, FetchFailure> {
        let pool = pool(endpoint)
        let result = await withCheckedContinuation { continuation in
            fetch = TokenFetch(
                TokenRequest(client: client, secret: secret), secrets: [secret], pool: pool, loop: loop,
                limits: settings.tokenLimits
            ) { continuation.resume(returning: $0) }
        }
        fetch = nil
        return result
    }

    private static func url(of endpoint: TokenEndpoint) -> String {
        let scheme = endpoint.isSecure ? "https" : "http"
        let host = endpoint.host.utf8.contains(UInt8(ascii: ":")) ? "[\(endpoint.host)]" : endpoint.host
        let port = endpoint.port == (endpoint.isSecure ? 443 : 80) ? "" : ":\(endpoint.port)"
        return "\(scheme)://\(host)\(port)\(endpoint.path)"
    }

    private static func outcome(of failure: FetchFailure) -> LiveFinding.Outcome {
        switch failure.kind {
        case .rejected: .rejected(hint: "check client_id, client_secret and audience")
        case .unavailable(.unreachable), .unavailable(.timedOut), .unavailable(.interrupted):
            .unreachable(
                hint: "check auth_server and the network; for a private certificate authority, set upstream_ca_file")
        case .unavailable(.wayBlocked(let way)): .unreachable(hint: way.hint)
        case .unavailable(.serverError), .rateLimited: .unreachable(hint: "try again later")
        case .unavailable(.unexpectedStatus), .malformed: .unreachable(hint: "check auth_server, or token_url")
        }
    }

    // MARK: The request

    private func request(with token: Secret, _ name: String) async -> LiveFinding {
        guard let base = settings.bases[.api], let credential = BearerCredential(token: token) else {
            return LiveFinding(
                credential: name, step: .request, target: "", outcome: .rejected(hint: "check how it was copied"),
                detail: "the token has a byte that no token has")
        }
        let pool = pool(base.endpoint)
        let result = await withCheckedContinuation { continuation in
            probe = LiveProbe(
                pool: pool, loop: loop, credential: credential, basePath: base.path, referer: settings.referer
            ) { continuation.resume(returning: $0) }
        }
        probe = nil
        let (outcome, detail) = Self.judge(result)
        let url = base.urls.first.map { String(decoding: $0, as: UTF8.self) } ?? ""
        return LiveFinding(
            credential: name, step: .request, target: url + LiveProbe.path, outcome: outcome, detail: detail)
    }

    static func judge(_ result: LiveProbe.Result) -> (LiveFinding.Outcome, String) {
        switch result {
        case .failed(let failure):
            return (.unreachable(hint: Failure.of(.upstream(failure, "api")).hint), failure.explanation)
        case .answered(let status, let namesReferer):
            switch status {
            case 200..<300: return (.passed, "the API answered \(status)")
            case 401:
                return (
                    .rejected(hint: "check that the credential belongs to this deployment, and audience"),
                    "the API does not accept the token (401)"
                )
            case 403 where namesReferer:
                return (
                    .rejected(hint: "set referer to an address the token is locked to"),
                    "the API wants another Referer with this token (403)"
                )
            // Grants, plan, or role: never that the token is wrong.
            case 403: return (.passed, "the API knows the token, which is not granted the location services (403)")
            case 429: return (.passed, "the API answered, and limits the rate of requests (429)")
            case 500...: return (.unreachable(hint: "try again later"), "the API failed (\(status))")
            default: return (.unreachable(hint: "check api_base_url"), "no CARTO API answers there (\(status))")
            }
        }
    }

    private func pool(_ endpoint: Endpoint) -> UpstreamPool {
        let pool = UpstreamPool(
            endpoint: endpoint, loop: loop, resolver: resolver, limits: settings.poolLimits,
            timeouts: settings.upstreamTimeouts)
        pools.append(pool)
        return pool
    }
}
