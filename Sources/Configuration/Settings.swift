import Credentials
import Policy
import Secrets

/// Everything the program is told, checked and typed: what `serve` needs and nothing it has to ask again.
package struct Settings: Sendable {
    // MARK: Listening

    /// At least one.
    package let listen: [ListenAddress]
    /// What clients reach the program under, when that is not the address they connect to.
    package let publicURL: BaseURL?
    /// Further names allowed in `Host`.
    package let serverNames: [ServerName]
    package let origins: [OriginPattern]
    package let insecure: InsecureSettings
    /// Of `https://` listeners; none where there are none.
    package let listenerTLS: ListenerTLSSettings?
    package let peers: PeerSettings
    package let clients: ClientSettings

    // MARK: Upstreams

    package let api: BaseURL
    /// Other bases under which answers may name the API. Nothing is ever sent there.
    package let apiAliases: [BaseURL]
    package let accounts: BaseURL
    package let ai: BaseURL?
    /// Certificates trusted beside the system's, PEM; empty where none are configured.
    package let upstreamAuthorities: [UInt8]
    package let egress: EgressSettings
    package let referer: String?

    // MARK: Credentials and policy

    /// In the order of the entries of ``credentialBook``.
    package private(set) var credentials: [CredentialSettings]
    /// Which of them serves which request.
    package let credentialBook: CredentialBook
    package let tokens: TokenSettings
    /// The built-in routes and those of the configuration.
    package let routes: RouteTable
    package let readOnly: Bool

    package let limits: LimitSettings
    package let deadlines: DeadlineSettings
    package let log: LogSettings

    // MARK: Process

    /// Our name in `Via` fields.
    package let via: String
    /// The number of event loops; none for as many as processors may be used.
    package let loops: Int?
    /// The configuration file read, if one was.
    package let configurationFile: String?

    /// Takes note of what was found in the place of a credential's secret, so that the old one is let go.
    package mutating func replaceSecret(ofCredential index: Int, by secret: Secret) {
        guard credentials.indices.contains(index) else { return }
        credentials[index].replaceSecret(by: secret)
    }
}

/// What was weakened on purpose; each that is on is to be warned about at every start.
package struct InsecureSettings: Equatable, Sendable {
    package let allowsUnauthenticated: Bool
    package let allowsPlaintext: Bool
    package let forgoesConfinement: Bool
}

/// How TLS listeners prove who they are, and who may be their clients: what the files hold, PEM.
package struct ListenerTLSSettings: Sendable {
    /// Where what follows was read.
    package let files: [String]
    package let certificates: [UInt8]
    package let key: Secret
    package let clientAuthorities: [UInt8]?
    package let clientCertificates: ClientCertificates
}

/// Who may connect, whatever the request.
package struct PeerSettings: Equatable, Sendable {
    /// User ids; empty for everybody.
    package let users: [UInt32]
    /// Empty for everywhere.
    package let ranges: [NetworkRange]
    package let socketMode: UInt16
    package let socketOwner: UInt32?
    package let socketGroup: UInt32?
}

package struct TokenSettings: Equatable, Sendable {
    /// Whether OAuth tokens are kept on disk between runs.
    package let areKeptOnDisk: Bool
    /// How often the commands of secrets are run again; zero for never by itself.
    package let secretCommandInterval: Duration
}

/// Limits on what one client, and all of them, may ask for. Sizes are in bytes.
package struct LimitSettings: Equatable, Sendable {
    package let connections: Int
    /// Of one address, where other machines can connect.
    package let connectionsPerAddress: Int
    /// To each upstream.
    package let upstreamConnections: Int
    package let waitingRequests: Int
    package let requestHead: Int
    package let requestLine: Int
    package let fields: Int
    /// Of requests and answers, in a second; 0 for any.
    package let bodyRate: Int
}

/// How long each phase may take.
package struct DeadlineSettings: Equatable, Sendable {
    package let connect: Duration
    package let head: Duration
    package let bodyIdle: Duration
    package let answer: Duration
    package let keepAlive: Duration
    package let upstreamIdle: Duration
    package let drain: Duration
}

package struct LogSettings: Equatable, Sendable {
    package let format: LogFormat
    package let level: LogLevel
    package let writesAccessLog: Bool
}
