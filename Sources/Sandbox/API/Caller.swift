/// Whose token a request carries.
enum Caller: Sendable {
    case oauth
    case apiAccessToken(APIAccessToken)

    /// Tells by the request's bearer token, or by those parameters of the query the API takes one from.
    static func of(
        _ request: SandboxRequest, query: Parameters, state: SandboxState, now: Int64
    ) throws(Refusal) -> Caller {
        let token: String
        if let line = request.first("Authorization") {
            guard let bearer = credentials(in: line, scheme: "Bearer"), !bearer.isEmpty else { throw .tokenNotDefined }
            token = bearer
        } else if let parameter = query.text("access_token") ?? query.text("token") ?? query.text("api_key"),
            !parameter.isEmpty
        {
            token = parameter
        } else {
            throw .tokenNotDefined
        }
        let (apiAccessToken, standing) = state.update { contents in
            (contents.apiAccessTokens[token], contents.issuedTokens.standing(of: token, now: now))
        }
        if let apiAccessToken {
            guard apiAccessToken.allows(origin: request.first("Origin")) else { throw .originNotAllowed }
            return .apiAccessToken(apiAccessToken)
        }
        switch standing {
        case .good: return .oauth
        case .expired: throw .tokenExpired
        case .unknown: throw .tokenUnknown
        }
    }
}
