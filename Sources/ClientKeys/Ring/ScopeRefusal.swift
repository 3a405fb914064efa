/// Why a request that the policy allows is not allowed with its key.
package enum ScopeRefusal: Error, Equatable, Sendable {
    case route(key: String, scope: String)
    case connection(key: String, scope: String)

    package var code: String { "key-scope" }

    package var explanation: String {
        switch self {
        case .route: "this route is not among those of the request's key"
        case .connection: "this connection is not among those of the request's key"
        }
    }

    /// The key is named, which its holder knows, and so is what it is for.
    package var hint: String {
        switch self {
        case .route(let key, let scope), .connection(let key, let scope):
            "The key \(key) is for: \(scope). Who runs the proxy can make another."
        }
    }
}
