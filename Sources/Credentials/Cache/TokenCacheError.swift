/// Why a kept token is not used.
package enum TokenCacheError: Error, Equatable, Sendable {
    case versionUnknown
    case lengthWrong
    case tokenMalformed
    /// It belongs to another token URL, client, audience, scope or parameters.
    case otherClient
    case lifetimeOutOfBounds
    /// It was written later than it is now: a clock has been set back, and its age cannot be told.
    case fromTheFuture
    case expired
}
