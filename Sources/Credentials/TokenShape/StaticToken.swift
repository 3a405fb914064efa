import Secrets

/// A token that was put into the configuration and cannot be renewed: an API Access Token, or an OAuth
/// access token had elsewhere.
package struct StaticToken: Sendable {
    package let secret: Secret
    package let kind: CredentialKind
    package let shape: TokenShape
    package let claims: JWTClaims?

    /// Seconds before the end at which a warning is due.
    package static let warningsBeforeEnd: [Int64] = [7 * 86_400, 86_400, 3_600, 600]

    package init(_ secret: Secret, kind: CredentialKind) throws(StaticTokenError) {
        guard secret.count > 0 else { throw .empty }
        guard secret.count <= TokenLimits.tokenBytes else { throw .tooLong }
        guard secret.withExposedBytes({ BearerToken.isWellFormed($0) }) else { throw .byteNotAllowed }
        self.secret = secret
        self.kind = kind
        shape = secret.withExposedBytes { TokenShape(of: $0) }
        claims = secret.withExposedBytes { JSONWebToken.peek($0) }
    }

    /// What the loops use.
    ///
    /// - Parameter generation: 1 for the token the program started with, one more each time it was replaced at its
    ///   source.
    package func issued(generation: UInt64 = 1) -> IssuedToken {
        IssuedToken(
            secret: secret, generation: generation,
            validity: claims?.expiresAt.map { .untilWall(seconds: $0) } ?? .unlimited)
    }

    package enum Standing: Equatable, Sendable {
        /// It carries no end.
        case unlimited
        case valid(secondsLeft: Int64)
        /// It ends within the longest of ``warningsBeforeEnd``.
        case expiring(secondsLeft: Int64)
        case expired
    }

    package func standing(at now: Instant) -> Standing {
        guard let end = claims?.expiresAt else { return .unlimited }
        guard issued().isUsable(at: now) else { return .expired }
        let left = (Nanoseconds.seconds(end) - now.wall).wholeSeconds
        return Self.warningsBeforeEnd.contains { left <= $0 } ? .expiring(secondsLeft: left) : .valid(secondsLeft: left)
    }

    /// How long to wait before the next warning, the end itself included; nil when there is none to come.
    package func untilNextWarning(at now: Instant) -> Nanoseconds? {
        guard let end = claims?.expiresAt else { return nil }
        let left = Nanoseconds.seconds(end) - now.wall
        guard left > .zero else { return nil }
        for seconds in Self.warningsBeforeEnd where left > .seconds(seconds) { return left - .seconds(seconds) }
        return left
    }
}

/// The rules a configured token is held to.
package enum StaticTokenError: Error, Equatable, Sendable {
    case empty
    case tooLong
    /// RFC 6750 §2.1: b64token. Often a line break or a quote taken along.
    case byteNotAllowed
}
