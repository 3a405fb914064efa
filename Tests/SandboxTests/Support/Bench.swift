import Sandbox
import Secrets

/// A sandbox with its services, and short ways to ask them.
struct Bench {
    static let base = "https://localhost:8443"
    static let now: Int64 = 1_750_000_000

    let identity = SandboxIdentity(
        clientID: "the-client", clientSecret: Secret("the-secret"), apiAccessToken: Secret("the.api.token"))
    let state: SandboxState
    let auth: SandboxAuthorizationServer
    let api: SandboxAPI
    let accounts: SandboxAccounts
    let ai: SandboxAI
    let storage: SandboxStorage

    init(base: String = Bench.base, _ adjust: (inout SandboxSettings) -> Void = { _ in }) {
        var settings = SandboxSettings()
        adjust(&settings)
        state = SandboxState(identity: identity, settings: settings)
        auth = SandboxAuthorizationServer(state: state)
        api = SandboxAPI(state: state, baseURL: base)
        accounts = SandboxAccounts(state: state)
        ai = SandboxAI(state: state)
        storage = SandboxStorage(state: state)
    }

    static let apiToken: [(name: String, value: String)] = [("Authorization", "Bearer the.api.token")]

    /// A fresh OAuth token.
    func oauthToken(now: Int64 = Bench.now) -> [(name: String, value: String)] {
        let answer = token(Self.goodForm, now: now)
        return [("Authorization", "Bearer \(json(answer)["access_token"]?.asText ?? "none")")]
    }

    static let goodForm =
        "grant_type=client_credentials&client_id=the-client&client_secret=the-secret&audience=carto-cloud-native-api"

    func token(
        _ form: String, fields: [(name: String, value: String)] = [], now: Int64 = Bench.now
    ) -> SandboxAnswer {
        let type: [(name: String, value: String)] = [("content-type", "application/x-www-form-urlencoded")]
        return auth.answer(
            SandboxRequest(method: "POST", path: "/oauth/token", fields: type + fields, body: Array(form.utf8)),
            now: now)
    }

    /// Splits the target at its question mark.
    func ask(
        of service: (any SandboxService)? = nil, _ method: String, _ target: String,
        _ fields: [(name: String, value: String)] = Bench.apiToken, body: String = "", now: Int64 = Bench.now
    ) -> SandboxAnswer {
        let parts = target.split(separator: "?", maxSplits: 1).map(String.init)
        let request = SandboxRequest(
            method: method, path: parts.first ?? "", query: parts.count > 1 ? parts[1] : "", fields: fields,
            body: Array(body.utf8))
        return (service ?? api).answer(request, now: now)
    }

    func get(_ target: String, _ fields: [(name: String, value: String)] = Bench.apiToken) -> SandboxAnswer {
        ask("GET", target, fields)
    }

    /// A query by GET, its text encoded.
    func query(_ text: String) -> SandboxAnswer {
        get("/v3/sql/carto_dw/query?q=\(percentEncoded(text))")
    }

    /// Follows an absolute URL of an answer.
    func follow(_ url: String) -> SandboxAnswer {
        get(String(url.dropFirst(Self.base.count)))
    }
}

func bytes(_ answer: SandboxAnswer) -> [UInt8] {
    switch answer.body {
    case .bytes(let bytes): bytes
    case .events(let parts, interval: _): Array(parts.joined())
    case .repeated(let block):
        block.prefix + Array(repeatElement(block.block, count: block.count).joined()) + block.suffix
    }
}

func json(_ answer: SandboxAnswer) -> JSONValue {
    (try? JSONReader.read(bytes(answer))) ?? .null
}

func text(_ answer: SandboxAnswer) -> String {
    String(decoding: bytes(answer), as: UTF8.self)
}
