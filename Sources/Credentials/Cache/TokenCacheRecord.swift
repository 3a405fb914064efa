import Secrets

/// What is kept of a token between runs of the program, before encryption.
///
/// The boot clock says nothing across a restart of the machine, so the wall clock is kept beside it,
/// with the boot's identity to tell which of the two may be trusted.
package struct TokenCacheRecord: Sendable {
    /// Version 1, as the first eight bytes of a record.
    private static let magic: [UInt8] = Array("CTCHTKN1".utf8)
    private static let keyBytes = 64 << 10
    private static let bootIDBytes = 64

    package let key: [UInt8]
    /// Names the run of the machine in which `grant.sentAt.boot` was read (Linux: /proc/sys/kernel/random/boot_id).
    package let bootID: [UInt8]
    package let grant: TokenGrant

    package init(key: TokenCacheKey, bootID: [UInt8], grant: TokenGrant) {
        self.key = key.bytes
        self.bootID = bootID
        self.grant = grant
    }

    /// The record as bytes to encrypt.
    package func encoded() -> Secret {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.magic.count + 6 * 8 + key.count + bootID.count + grant.token.count)
        defer { wipe(&bytes) }
        bytes += Self.magic
        ByteWriter.append(counted: key.span, to: &bytes)
        ByteWriter.append(counted: bootID.span, to: &bytes)
        ByteWriter.append(grant.sentAt.boot.count, to: &bytes)
        ByteWriter.append(grant.sentAt.wall.count, to: &bytes)
        ByteWriter.append(grant.lifetime.count, to: &bytes)
        grant.token.withExposedBytes { ByteWriter.append(counted: $0, to: &bytes) }
        return Secret(copying: bytes.span)
    }

    /// Reads a decrypted record; whatever is wrong with it, it is to be ignored, not mended.
    package init(decoding bytes: Span<UInt8>) throws(TokenCacheError) {
        var reader = ByteReader()
        guard bytes.count > Self.magic.count, Self.magic.indices.allSatisfy({ bytes[$0] == Self.magic[$0] }) else {
            throw .versionUnknown
        }
        let rest = bytes.extracting(Self.magic.count..<bytes.count)
        guard let key = reader.counted(rest, atMost: Self.keyBytes),
            let bootID = reader.counted(rest, atMost: Self.bootIDBytes),
            let boot = reader.signedNumber(rest), let wall = reader.signedNumber(rest),
            let lifetime = reader.signedNumber(rest),
            let token = reader.counted(rest, atMost: TokenLimits.tokenBytes), reader.position == rest.count
        else { throw .lengthWrong }
        let tokenBytes = rest.extracting(token)
        guard !tokenBytes.isEmpty, BearerToken.isWellFormed(tokenBytes) else { throw .tokenMalformed }
        self.key = key.map { rest[$0] }
        self.bootID = bootID.map { rest[$0] }
        grant = TokenGrant(
            token: Secret(copying: tokenBytes),
            sentAt: Instant(boot: Nanoseconds(boot), wall: Nanoseconds(wall)), lifetime: Nanoseconds(lifetime))
    }

    /// The token with its times put on this run's clocks.
    package func restored(
        for key: TokenCacheKey, bootID: [UInt8], at now: Instant, limits: TokenLimits = TokenLimits()
    ) throws(TokenCacheError) -> TokenGrant {
        guard self.key == key.bytes else { throw .otherClient }
        guard grant.lifetime > .zero, grant.lifetime <= limits.longestLifetime else { throw .lifetimeOutOfBounds }
        // The wall clock may have been set between the two readings; the boot clock of the same boot cannot.
        let elapsed =
            !bootID.isEmpty && self.bootID == bootID
            ? now.boot - grant.sentAt.boot : now.wall - grant.sentAt.wall
        guard elapsed >= .zero else { throw .fromTheFuture }
        guard elapsed < grant.lifetime else { throw .expired }
        var restored = grant
        restored.sentAt = Instant(boot: now.boot - elapsed, wall: now.wall - elapsed)
        return restored
    }
}
