/// Why bytes could not be sealed or opened.
package enum SealingError: Error, Equatable, Sendable {
    /// Too short to hold a salt, a nonce and a tag, or of another version.
    case notSealed
    /// Sealed under another secret, bound to something else, or changed since.
    case notAuthentic
    case tooLong
    /// libcrypto could not allocate, or had no random numbers.
    case libraryFailed
}
