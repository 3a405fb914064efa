/// CARTO's API: everything under `/v3` and `/mcp`.
package final class SandboxAPI: SandboxService {
    private let state: SandboxState
    private let baseURL: String
    private let basePath: String

    /// - Parameter baseURL: where clients reach this API, e.g. `https://localhost:8443` or, as self-hosted,
    ///   `https://localhost:8443/api`; every URL in an answer begins with it.
    package init(state: SandboxState, baseURL: String) {
        self.state = state
        self.baseURL = baseURL.utf8.last == UInt8(ascii: "/") ? String(baseURL.dropLast()) : baseURL
        basePath = Self.path(of: self.baseURL)
    }

    package func answer(_ request: SandboxRequest, now: Int64) -> SandboxAnswer {
        guard request.method != "OPTIONS" else { return Self.preflight(request) }
        do throws(Refusal) {
            let exchange = try Exchange(request, basePath: basePath, baseURL: baseURL, state: state, now: now)
            return finish(try route(exchange), exchange)
        } catch {
            var answer = error.answer
            answer.fields.append(("Access-Control-Allow-Origin", "*"))
            return answer
        }
    }

    private func route(_ exchange: Exchange) throws(Refusal) -> SandboxAnswer {
        let segments = exchange.segments
        if segments.count == 2, segments[0] == "mcp" {
            return try ModelContextAPI(account: segments[1]).answer(exchange)
        }
        guard segments.count >= 2, segments[0] == "v3" else { throw .routeUnknown }
        let rest = Array(segments.dropFirst(2))
        switch segments[1] {
        case "maps": return try MapsAPI().answer(exchange, rest)
        case "stats": return try StatsAPI().answer(exchange, rest)
        case "sql": return try SQLAPI().answer(exchange, rest)
        case "imports": return try ImportsAPI().answer(exchange, rest)
        case "exports": return try ExportsAPI().answer(exchange, rest)
        case "lds": return try LocationAPI().answer(exchange, rest)
        case "tokens": return try TokensAPI().answer(exchange, rest)
        case "named-sources": return try NamedSourcesAPI().answer(exchange, rest)
        case "connections": return try ConnectionsAPI().answer(exchange, rest)
        case "organization-maps": return try OrganizationAPI(shelf: \.organizationMaps).answer(exchange, rest)
        case "organization-workflows":
            return try OrganizationAPI(shelf: \.organizationWorkflows).answer(exchange, rest)
        case "accounts": return try AccountResourcesAPI().answer(exchange, rest)
        default: throw .routeUnknown
        }
    }

    /// What all answers have in common: the open CORS field, validators, compression.
    private func finish(_ answer: SandboxAnswer, _ exchange: Exchange) -> SandboxAnswer {
        var answer = answer
        answer.fields.append(("Access-Control-Allow-Origin", "*"))
        guard answer.status == 200, case .bytes(let content) = answer.body else { return answer }
        if exchange.method == "GET", answer.first("Cache-Control") != "no-store" {
            let tag = EntityTag.of(content)
            answer.fields.append(("ETag", tag))
            // RFC 9110 §13.1.2: the comparison is weak, so a W/ in front does not count.
            if let known = exchange.request.first("If-None-Match"), EntityTag.list(known, contains: tag) {
                answer.fields.removeAll { $0.0 == "Content-Type" }
                return SandboxAnswer(status: 304, fields: answer.fields)
            }
        }
        answer.fields.append(("Vary", "Accept-Encoding"))
        if AcceptEncoding.allowsGzip(exchange.request.first("Accept-Encoding")),
            let compressed = state.settings.gzip?(content)
        {
            answer.fields.append(("Content-Encoding", "gzip"))
            answer.body = .bytes(compressed)
        }
        return answer
    }

    private static func preflight(_ request: SandboxRequest) -> SandboxAnswer {
        let fields = [
            ("Access-Control-Allow-Origin", "*"),
            ("Access-Control-Allow-Methods", "GET,HEAD,PUT,PATCH,POST,DELETE"),
            ("Access-Control-Allow-Headers", request.first("Access-Control-Request-Headers") ?? "*"),
            ("Access-Control-Max-Age", "600"),
        ]
        return SandboxAnswer(status: 204, fields: fields)
    }

    private static func path(of url: String) -> String {
        let slashes = Array("://".utf8)
        let bytes = Array(url.utf8)
        for start in bytes.indices where bytes[start...].starts(with: slashes) {
            let rest = bytes[(start + slashes.count)...]
            guard let slash = rest.firstIndex(of: UInt8(ascii: "/")) else { return "" }
            return String(decoding: rest[slash...], as: UTF8.self)
        }
        return ""
    }
}
