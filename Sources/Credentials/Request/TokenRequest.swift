import Secrets

/// One token request, ready to be written: `POST` to ``endpoint`` with these fields and this body.
package struct TokenRequest: Sendable {
    package static let contentType = "application/x-www-form-urlencoded"
    package static let accept = "application/json"

    package let endpoint: TokenEndpoint
    package let body: Secret
    /// The value of `Authorization`; nil where the body authenticates.
    package let authorization: Secret?

    package init(client: OAuthClient, secret: Secret) {
        endpoint = client.endpoint
        switch client.authentication {
        case .body:
            body = Self.body(of: client, secret: secret)
            authorization = nil
        case .basic:
            body = Self.body(of: client, secret: nil)
            authorization = Self.basic(clientID: client.clientID, secret: secret)
        }
    }

    private static func body(of client: OAuthClient, secret: Secret?) -> Secret {
        var fields: [(name: String, value: String)] = [("grant_type", "client_credentials")]
        if secret != nil { fields.append(("client_id", client.clientID)) }
        if let audience = client.audience { fields.append(("audience", audience)) }
        if let scope = client.scope { fields.append(("scope", scope)) }
        fields += client.parameters.map { ($0.name, $0.value) }

        // Room for all of it at once: growing would leave copies of the secret behind, unwiped.
        var length = 64 + 3 * (secret?.count ?? 0)
        for field in fields { length += 3 * (field.name.utf8.count + field.value.utf8.count) + 2 }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(length)
        defer { wipe(&bytes) }
        for (index, field) in fields.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: "&")) }
            FormEncoding.append(field.name, to: &bytes)
            bytes.append(UInt8(ascii: "="))
            FormEncoding.append(field.value, to: &bytes)
        }
        if let secret {
            bytes.append(contentsOf: "&client_secret=".utf8)
            secret.withExposedBytes { FormEncoding.append($0, to: &bytes) }
        }
        return Secret(copying: bytes.span)
    }

    /// RFC 6749 §2.3.1: identifier and secret are form-encoded, joined by a colon, and encoded in base64. Many servers
    /// decode percent signs only, so a space is written as one.
    private static func basic(clientID: String, secret: Secret) -> Secret {
        var pair: [UInt8] = []
        pair.reserveCapacity(3 * (clientID.utf8.count + secret.count) + 1)
        defer { wipe(&pair) }
        FormEncoding.append(clientID, space: .percent, to: &pair)
        pair.append(UInt8(ascii: ":"))
        secret.withExposedBytes { FormEncoding.append($0, space: .percent, to: &pair) }

        var value: [UInt8] = []
        value.reserveCapacity(pair.count / 3 * 4 + 16)
        defer { wipe(&value) }
        value.append(contentsOf: "Basic ".utf8)
        Base64.append(pair.span, to: &value)
        return Secret(copying: value.span)
    }
}
