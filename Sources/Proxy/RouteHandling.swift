import Admission
import Credentials
import Policy

/// What the gate has to know of a route for each request: numbers only, so that reading it counts no references, of
/// which a whole ``Route`` has a dozen.
struct RouteHandling {
    /// The route's index in the table.
    let id: Int
    let upstream: UpstreamName
    let isUpstreamConfigured: Bool
    let isDenied: Bool
    let isSafe: Bool
    let isRewritten: Bool
    let reads: Reads
    let demand: TokenDemand
    /// Index of the credential it names itself, in the book; one that is in no book makes the route unusable, not
    /// open.
    let named: Int?
    /// Which segment of the path, from 0, names the connection.
    let connectionSegment: Int?
    /// In nanoseconds; nil: the general one.
    let answerTimeout: Int64?

    init(_ route: Route, book: CredentialBook, isUpstreamConfigured: Bool) {
        id = route.id
        upstream = route.upstream
        self.isUpstreamConfigured = isUpstreamConfigured
        isDenied = route.isDenied
        isSafe = route.isSafe
        isRewritten = route.rewrite == .maps
        reads = route.reads
        demand =
            switch route.token {
            case .any: .any
            case .oauth: .oauth
            case .none: .none
            }
        named = route.credential.map { book.index(named: $0) ?? -1 }
        connectionSegment = route.pattern.segments.firstIndex { segment in
            if case .variable(name: "connection") = segment { return true }
            return false
        }
        answerTimeout = route.answerTimeoutSeconds.map { Int64($0) &* 1_000_000_000 }
    }

    var reach: RouteReach { demand == .oauth ? .oauthOnly : .tokenRoutes }
}
