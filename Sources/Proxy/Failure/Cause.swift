import Admission
import ClientKeys
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
    case notIdentified(KeyRefusal, mayPrompt: Bool)
    case outOfScope(ScopeRefusal)
    /// With the rate as it is written.
    case tooFast(String, seconds: Int64)
    case quotaSpent(Int, seconds: Int64)
    case auditUnavailable
    case pathNotCanonical(PathError)
    case methodNeverServed
    case expectationUnknown
    case routeUnknown(line: String)
    case methodNotAllowed(MethodSet)
    case routeDenied(because: String, line: String)
    /// With the key's name where not the configuration but the key is for reading only.
    case writesRefused(ReadOnlyRefusal, key: String? = nil)
    case credential(CredentialRefusal)
    case token(TokenFailure)
    case tokenWaitTimedOut
    case upstreamNotConfigured(UpstreamName)
    case upstream(UpstreamFailure, StaticString)
    case bodyNotPassable(RewritingError)
    case overloaded
    case internalInconsistency
}
