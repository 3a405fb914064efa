/// Tokens that look like CARTO's: JWTs (RFC 7519) whose signatures are random bytes, for the sandbox
/// recognises a token by remembering it.
enum TokenShape {
    /// Short, HS256, without an expiry.
    static func apiAccessToken() -> String {
        jwt(
            algorithm: "HS256", signature: 32,
            claims: [
                "a": .text("ac_" + Randomness.identifier(8).lowercased()), "jti": .text(Randomness.identifier(8)),
            ])
    }

    /// RS256, with an expiry, an audience and claims under CARTO's name.
    static func oauthAccessToken(clientID: String, settings: SandboxSettings, now: Int64) -> String {
        jwt(
            algorithm: "RS256", signature: 256,
            claims: [
                "http://app.carto.com/account_id": "ac_sandbox",
                "http://app.carto.com/email": "owner@sandbox.invalid",
                "http://app.carto.com/roles": ["Admin"],
                "iss": .text(settings.issuer),
                "sub": .text(clientID + "@clients"),
                "aud": .text(settings.audience),
                "iat": .integer(now),
                "exp": .integer(now &+ settings.tokenLifetime),
                "azp": .text(clientID),
                "gty": "client-credentials",
                "jti": .text(Randomness.identifier(16)),
            ])
    }

    private static func jwt(algorithm: String, signature: Int, claims: JSONValue) -> String {
        let header: JSONValue = ["alg": .text(algorithm), "typ": "JWT"]
        let parts = [JSONWriter.write(header), JSONWriter.write(claims), Randomness.bytes(signature)]
        return parts.map { Base64URL.encode($0) }.joined(separator: ".")
    }
}
