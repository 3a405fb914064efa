import Admission
import Credentials
import Logging
import Observability
import Policy
import Secrets
import Upstream

@testable import Proxy

/// Settings of a proxy that has these credentials, and next to nothing else.
func configured(
    _ credentials: [(name: String, ProxySettings.Credential)] = [], bases: [UpstreamName: ProxySettings.Base] = [:]
) throws -> ProxySettings {
    let entries = credentials.map { CredentialBook.Entry(name: $0.name, kind: $0.1.kind) }
    return ProxySettings(
        routes: try RouteTable(builtIn: []), bases: bases, book: try CredentialBook(entries: entries, defaults: []),
        credentials: credentials.map(\.1), admission: AdmissionRules(), listeners: [], sink: LogSink(descriptor: -1),
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
}

/// An OAuth client of an authorization server on that port.
func client(_ id: String = "client", secret: String, port: UInt16 = 1) throws -> ProxySettings.Credential {
    let target = TokenEndpoint(isSecure: false, host: "127.0.0.1", port: port, path: "/oauth/token")
    return .client(
        name: id, try OAuthClient(endpoint: target, clientID: id, audience: nil), secret: Secret(secret),
        endpoint: Endpoint(host: "127.0.0.1", port: port, isAddress: true, trust: nil))
}

/// A token that is used as it is.
func fixed(_ token: String, kind: CredentialKind = .apiAccessToken) throws -> ProxySettings.Credential {
    .fixed(try StaticToken(Secret(token), kind: kind))
}
