/// The claims of a JSON Web Token this program has a use for. Nothing vouches for them: they say what a
/// token is and when it ends to whoever holds it, and decide about nobody's rights.
package struct JWTClaims: Equatable, Sendable {
    package enum Algorithm: Equatable, Sendable {
        case hs256
        case rs256
        case other
    }

    package var algorithm: Algorithm
    /// `exp`, in seconds since 1970.
    package var expiresAt: Int64?
    /// `iat`, in seconds since 1970.
    package var issuedAt: Int64?
    /// `aud`, one or several.
    package var audience: [String]
    /// `a`, the account an API Access Token belongs to (`ac_…`).
    package var account: String?

    package init(
        algorithm: Algorithm, expiresAt: Int64? = nil, issuedAt: Int64? = nil, audience: [String] = [],
        account: String? = nil
    ) {
        self.algorithm = algorithm
        self.expiresAt = expiresAt
        self.issuedAt = issuedAt
        self.audience = audience
        self.account = account
    }
}
