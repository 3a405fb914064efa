import Secrets

/// The authorization server: the client credentials grant (RFC 6749 §4.4) with CARTO's audience.
package final class SandboxAuthorizationServer: SandboxService {
    private let state: SandboxState

    package init(state: SandboxState) {
        self.state = state
    }

    package func answer(_ request: SandboxRequest, now: Int64) -> SandboxAnswer {
        guard request.path == "/oauth/token" else {
            return refuse(404, "not_found", "The sandbox's authorization server knows /oauth/token only.")
        }
        guard request.method == "POST" else {
            var answer = refuse(405, "invalid_request", "Ask with POST.")
            answer.fields.append(("Allow", "POST"))
            return answer
        }
        guard isForm(request), let form = Parameters(form: request.body) else {
            return refuse(400, "invalid_request", "The content must be a form.")
        }
        guard let grant = form.text("grant_type"), !grant.isEmpty else {
            return refuse(400, "invalid_request", "Missing required parameter: grant_type")
        }
        guard grant == "client_credentials" else {
            return refuse(403, "unsupported_grant_type", "Unsupported grant type.")
        }
        guard let client = client(of: request, form: form) else {
            return refuse(400, "invalid_request", "Missing required parameter: client_id and client_secret")
        }
        let secret = Array(client.secret.utf8)
        let isKnown = client.id.utf8.elementsEqual(state.identity.clientID.utf8)
        guard state.identity.clientSecret.matches(secret.span), isKnown else {
            return refuse(401, "access_denied", "Unauthorized")
        }
        guard let audience = form.text("audience"), !audience.isEmpty else {
            return refuse(400, "invalid_request", "Missing required parameter: audience")
        }
        guard audience.utf8.elementsEqual(state.settings.audience.utf8) else {
            return refuse(403, "access_denied", "Service not found: the audience is unknown.")
        }
        return issue(now: now)
    }

    private func issue(now: Int64) -> SandboxAnswer {
        let settings = state.settings
        let token = TokenShape.oauthAccessToken(clientID: state.identity.clientID, settings: settings, now: now)
        let wait: Int64? = state.update { contents in
            if let quota = settings.tokenQuota, let wait = contents.quotaWindow.take(quota, now: now) { return wait }
            contents.issuedTokens.add(token, expiresAt: now &+ settings.tokenLifetime)
            contents.tokensIssued &+= 1
            return nil
        }
        if let wait {
            var answer = refuse(429, "too_many_requests", "Global limit has been reached")
            answer.fields.append(("Retry-After", String(wait)))
            answer.fields.append(("X-RateLimit-Reset", String(now &+ wait)))
            return answer
        }
        return SandboxAnswer(
            json: [
                "access_token": .text(token),
                "scope": "read:tokens write:tokens read:connections write:connections",
                "expires_in": .integer(settings.tokenLifetime),
                "token_type": "Bearer",
            ], fields: [("Cache-Control", "no-store"), ("Pragma", "no-cache")])
    }

    private func isForm(_ request: SandboxRequest) -> Bool {
        guard let type = request.first("Content-Type") else { return false }
        let essence = type.utf8.prefix { $0 != UInt8(ascii: ";") }
        return equalIgnoringASCIICase(
            trimmed(String(decoding: essence, as: UTF8.self)).utf8,
            "application/x-www-form-urlencoded".utf8)
    }

    /// The client's own word: `Authorization: Basic` first (RFC 6749 §2.3.1), else the form.
    private func client(of request: SandboxRequest, form: Parameters) -> (id: String, secret: String)? {
        if let line = request.first("Authorization") {
            guard let coded = credentials(in: line, scheme: "Basic"), let bytes = Base64.decode(coded.utf8) else {
                return nil
            }
            let halves = bytes.split(separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
            guard halves.count == 2, let id = percentDecoded(halves[0], plusIsSpace: true),
                let secret = percentDecoded(halves[1], plusIsSpace: true)
            else { return nil }
            return (id, secret)
        }
        guard let id = form.text("client_id"), let secret = form.text("client_secret") else { return nil }
        return (id, secret)
    }

    private func refuse(_ status: Int, _ error: String, _ description: String) -> SandboxAnswer {
        SandboxAnswer(
            json: ["error": .text(error), "error_description": .text(description)], status: status,
            fields: [("Cache-Control", "no-store")])
    }
}
