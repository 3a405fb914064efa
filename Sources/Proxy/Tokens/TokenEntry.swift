import Credentials
import Secrets
import Upstream

/// What one event loop knows of one credential: what it may use right now, and who waits.
final class TokenEntry {
    /// See ``Generation/credentials``.
    let number: Int
    let kind: CredentialKind
    var token: IssuedToken?
    /// The one before: requests under way may still carry it.
    var formerToken: IssuedToken?
    var bearer: BearerCredential?
    /// Secrets beside the tokens: those of the client.
    var secrets: [Secret] = []
    var waiters: [Exchange] = []
    /// The generation whose renewal has been asked for.
    var askedFor: UInt64 = 0
    /// How many regimes use it.
    var holders = 0

    init(number: Int, kind: CredentialKind) {
        self.number = number
        self.kind = kind
    }
}
