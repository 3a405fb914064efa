/// One request on its way through the API: what the handlers need, taken apart once.
struct Exchange: Sendable {
    let request: SandboxRequest
    /// HEAD counts as GET here.
    let method: String
    /// The path's segments behind the base, each decoded once.
    let segments: [String]
    let query: Parameters
    let state: SandboxState
    /// Scheme, host and path in front of the API's own paths; emitted whatever `Host` a client sent.
    let baseURL: String
    let now: Int64

    init(
        _ request: SandboxRequest, basePath: String = "", baseURL: String, state: SandboxState, now: Int64
    ) throws(Refusal) {
        self.request = request
        method = request.method == "HEAD" ? "GET" : request.method
        segments = try Self.segments(of: request.path, behind: basePath)
        guard let query = Parameters(form: request.query.utf8) else { throw .queryMalformed }
        self.query = query
        self.state = state
        self.baseURL = baseURL
        self.now = now
    }

    /// Refuses methods the route has not.
    func allow(_ methods: String...) throws(Refusal) {
        guard methods.contains(method) else {
            throw .methodNotAllowed(methods.flatMap { $0 == "GET" ? ["GET", "HEAD"] : [$0] })
        }
    }

    /// Either kind of token, provided it allows the API.
    func requireToken(api: String) throws(Refusal) -> Caller {
        let caller = try Caller.of(request, query: query, state: state, now: now)
        switch caller {
        case .oauth: break
        case .apiAccessToken(let token): guard token.allows(api: api) else { throw .apiNotAllowed(api) }
        }
        return caller
    }

    func requireOAuth() throws(Refusal) {
        switch try Caller.of(request, query: query, state: state, now: now) {
        case .oauth: return
        case .apiAccessToken: throw .oauthTokenRequired
        }
    }

    /// Empty segments are no part of any route; a slash at the end is overlooked.
    private static func segments(of path: String, behind basePath: String) throws(Refusal) -> [String] {
        guard path.utf8.starts(with: basePath.utf8) else { throw .routeUnknown }
        var rest = path.utf8.dropFirst(basePath.utf8.count)
        guard rest.popFirst() == UInt8(ascii: "/") else { throw .routeUnknown }
        if rest.last == UInt8(ascii: "/") { rest.removeLast() }
        var segments: [String] = []
        for part in rest.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            guard !part.isEmpty else { throw .routeUnknown }
            guard segments.count < 32, let segment = percentDecoded(part) else { throw .pathMalformed }
            segments.append(segment)
        }
        return segments
    }

    /// The content as a JSON object, to be kept; so it must be small.
    func smallBody() throws(Refusal) -> JSONValue {
        guard request.body.count <= 1 << 16 else { throw .bodyTooLarge }
        return try jsonBody()
    }

    /// The content as a JSON object.
    func jsonBody() throws(Refusal) -> JSONValue {
        guard request.receivedBytes == Int64(request.body.count) else { throw .bodyTooLarge }
        do {
            let value = try JSONReader.read(request.body)
            guard case .object = value else { throw Refusal.bodyNotObject }
            return value
        } catch let refusal as Refusal {
            throw refusal
        } catch let error as JSONError {
            throw .bodyNotJSON(error)
        } catch {
            throw .bodyNotObject
        }
    }

    /// The query's parameters with those of a POST's content, a form or a JSON object, before them.
    func parameters() throws(Refusal) -> Parameters {
        guard method == "POST", !request.body.isEmpty else { return query }
        let type = request.first("Content-Type") ?? "application/json"
        if type.utf8.starts(with: "application/x-www-form-urlencoded".utf8) {
            guard let form = Parameters(form: request.body) else { throw .bodyNotObject }
            return form.joined(query)
        }
        guard let members = Parameters(try jsonBody()) else { throw .bodyNotObject }
        return members.joined(query)
    }

    /// Whether the client's `Accept` names this media type.
    func accepts(_ type: String) -> Bool {
        listMembers(request.first("Accept") ?? "").contains { member in
            equalIgnoringASCIICase(member.utf8.prefix { $0 != UInt8(ascii: ";") && $0 != 0x20 }, type.utf8)
        }
    }
}
