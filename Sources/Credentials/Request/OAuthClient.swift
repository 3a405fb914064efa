/// An OAuth client for the client credentials grant (RFC 6749 §4.4), all but its secret.
package struct OAuthClient: Equatable, Sendable {
    package enum Authentication: Equatable, Sendable {
        /// `client_id` and `client_secret` in the body.
        case body
        /// `Authorization: Basic` (RFC 6749 §2.3.1).
        case basic
    }

    package struct Parameter: Equatable, Sendable {
        package var name: String
        package var value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    package let endpoint: TokenEndpoint
    package let clientID: String
    package let audience: String?
    package let scope: String?
    /// What else the server wants in the body, in this order.
    package let parameters: [Parameter]
    package let authentication: Authentication

    package init(
        endpoint: TokenEndpoint, clientID: String, audience: String?, scope: String? = nil,
        parameters: [Parameter] = [], authentication: Authentication = .body
    ) throws(OAuthClientError) {
        guard !clientID.isEmpty else { throw .clientIDEmpty }
        for parameter in parameters {
            guard !parameter.name.isEmpty else { throw .parameterNameEmpty }
            guard !Self.ownNames.contains(where: { $0.utf8.elementsEqual(parameter.name.utf8) }) else {
                throw .parameterReserved
            }
        }
        self.endpoint = endpoint
        self.clientID = clientID
        self.audience = audience
        self.scope = scope
        self.parameters = parameters
        self.authentication = authentication
    }

    private static let ownNames = ["grant_type", "client_id", "client_secret", "audience", "scope"]
}

/// The rules an OAuth client's settings are held to.
package enum OAuthClientError: Error, Equatable, Sendable {
    case clientIDEmpty
    case parameterNameEmpty
    /// RFC 6749 §3.2: a parameter must not be there twice.
    case parameterReserved
}
