import Admission
import AuditTrail
import Credentials
import Logging
import Observability
import Policy
import Secrets
import TLS
import TokenStore
import Transport
import Upstream
import Wire

/// Everything the proxy is told: checked, complete, and the same for every event loop.
package struct ProxySettings: Sendable {
    /// An upstream of the route table.
    package struct Base: Sendable {
        package var endpoint: Endpoint
        /// Before each route's path; empty or `/api`, without a trailing slash.
        package var path: [UInt8]
        /// What URLs in its answers may begin with, aliases included: `https://host/api`.
        package var urls: [[UInt8]]

        package init(endpoint: Endpoint, path: [UInt8], urls: [[UInt8]]) {
            self.endpoint = endpoint
            self.path = path
            self.urls = urls
        }
    }

    /// What a credential of the book is made of.
    package enum Credential: Sendable {
        case fixed(StaticToken)
        case client(name: String, OAuthClient, secret: Secret, endpoint: Endpoint)
    }

    package var routes: RouteTable
    /// Whether requests that may write are refused.
    package var isReadOnly: Bool
    package var bases: [UpstreamName: Base]
    /// The proxy that those of the endpoints name whose connections leave through one.
    package var egressProxy: EgressProxy?
    package var book: CredentialBook
    /// In the order of the book's entries.
    package var credentials: [Credential]
    package var admission: AdmissionRules
    /// Who may connect at all.
    package var peers: PeerRules
    /// Of the listeners that speak TLS; nil where none does.
    package var listenerTLS: TLSContext?
    /// The keys of which clients have to show one; nil: none.
    package var clients: ClientBook?
    /// Where one line for each request goes that can be verified later.
    package var audit: AuditTrail?
    /// What admission has to know of each listener, in their order.
    package var listeners: [ListenerKind]
    /// Where URLs in answers shall lead, if not to where the request came in.
    package var publicBase: [UInt8]?
    package var poolLimits: PoolLimits
    package var upstreamTimeouts: UpstreamTimeouts
    package var timeouts: DownstreamTimeouts
    package var headLimits: HeadLimits
    /// Client connections, all loops together.
    package var connectionLimit: Int
    /// Of one address, on listeners that other machines reach, all loops together.
    package var peerConnectionLimit: Int
    package var via: [UInt8]
    package var referer: [UInt8]
    package var accessLog: LogFormat?
    package var sink: LogSink
    package var logger: Logger
    package var tokenLimits: TokenLimits
    /// Where tokens are kept between runs; nil where they are not.
    package var tokenStore: TokenStore?

    package init(
        routes: RouteTable, bases: [UpstreamName: Base], book: CredentialBook, credentials: [Credential],
        admission: AdmissionRules, listeners: [ListenerKind], sink: LogSink, logger: Logger
    ) {
        self.routes = routes
        self.bases = bases
        self.book = book
        self.credentials = credentials
        self.admission = admission
        self.listeners = listeners
        self.sink = sink
        self.logger = logger
        isReadOnly = false
        poolLimits = PoolLimits()
        upstreamTimeouts = UpstreamTimeouts()
        timeouts = DownstreamTimeouts()
        headLimits = HeadLimits()
        connectionLimit = 10_000
        peers = PeerRules()
        peerConnectionLimit = 512
        via = Array("cartouche".utf8)
        referer = []
        accessLog = .text
        tokenLimits = TokenLimits()
    }
}
