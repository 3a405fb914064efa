import Transport

/// Where the sandbox's services are reached: base URLs without a slash at the end.
package struct SandboxURLs: Equatable, Sendable {
    package let api: String
    package let auth: String
    package let accounts: String
    package let ai: String
    package let storage: String

    init(_ listeners: SandboxListeners, scheme: SandboxScheme) throws(SandboxServerError) {
        api = try Self.url(listeners.api, scheme)
        auth = try Self.url(listeners.auth, scheme)
        accounts = try Self.url(listeners.accounts, scheme)
        ai = try Self.url(listeners.ai, scheme)
        storage = try Self.url(listeners.storage, scheme)
    }

    private static func url(_ listener: Listener, _ scheme: SandboxScheme) throws(SandboxServerError) -> String {
        guard listener.address.isLoopback else { throw .listenerMustBeLoopback }
        guard let port = listener.address.port else { throw .listenerMustHavePort }
        return "\(scheme.rawValue)://localhost:\(port)"
    }
}

/// How the sandbox's services are spoken to.
package enum SandboxScheme: String, Sendable {
    case http
    /// With a certificate for `localhost` of an authority made for this run.
    case https
}
