import Admission
import Credentials
import Policy
import Rewriting
import Upstream
import Wire

/// Everything that can end a request with an answer of ours.
enum Cause {
    case malformedRequest(WireError)
    case headTimedOut
    case bodyTimedOut
    case notAdmitted(Refusal)
    case tooManyConnections
    case plainHTTPWhereTLSIsSpoken
    case pathNotCanonical(PathError)
    case methodNeverServed
    case expectationUnknown
    case routeUnknown(line: String)
    case methodNotAllowed(MethodSet)
    case routeDenied(because: String, line: String)
    case writesRefused(ReadOnlyRefusal)
    case credential(CredentialRefusal)
    case token(TokenFailure)
    case tokenWaitTimedOut
    case upstreamNotConfigured(UpstreamName)
    case upstream(UpstreamFailure, StaticString)
    case bodyNotPassable(RewritingError)
    case overloaded
    case internalInconsistency
}
