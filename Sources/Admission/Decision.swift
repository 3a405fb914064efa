import Wire

/// The first step's result: Host, Origin and Fetch Metadata, before the route is known.
package enum Admission: Equatable, Sendable {
    case admitted(Visitor)
    case refused(Refusal)
}

/// The second step's result, for the route.
package enum Decision: Equatable, Sendable {
    /// Forward. With a grant the answer may be read by the page it names.
    case admitted(cors: CORSGrant?)
    /// Answer 204 with these fields; nothing is forwarded.
    case preflight(PreflightAnswer)
    case refused(Refusal)
}

/// What the route's credential demands of web pages.
package enum RouteReach: Equatable, Sendable {
    /// Public, or an API Access Token could serve it.
    case tokenRoutes
    /// Only an OAuth token works: pages need to be listed.
    case oauthOnly
}

/// The permission for one page to read one answer. A slice of the request's head.
package struct CORSGrant: Equatable, Sendable {
    package let origin: ByteSlice
}

package struct PreflightAnswer: Equatable, Sendable {
    package let grant: CORSGrant
    package let question: PreflightQuestion
}
