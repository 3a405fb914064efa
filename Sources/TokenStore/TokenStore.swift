import Credentials
import OwnFiles
import Sealing
import Secrets

/// Tokens kept on disk, between runs of the program and for all processes of one user.
///
/// One file per client, encrypted and authenticated under a key derived from the client secret: who has the secret
/// could have the token anyway, and to who has not the file says nothing. It is bound to everything the token
/// depends on (``TokenCacheKey``). A file is replaced as a whole and is on the disk before it takes its name, so
/// that whenever the program or the machine stops, what is there is whole; and what is not whole is ignored.
///
/// Every call blocks on the disk: off the event loops only.
package struct TokenStore: Sendable {
    /// An absolute path.
    package let folder: String
    private let bootID: [UInt8]

    private static let fileLimit = 128 << 10

    package init(folder: String) { self.init(folder: folder, bootID: BootIdentity.current()) }

    /// - Parameter bootID: names the run of the machine; empty where that is not known.
    package init(folder: String, bootID: [UInt8]) {
        self.folder = folder
        self.bootID = bootID
    }

    /// The kept token of that client, its times on this run's clocks.
    package func token(
        for key: TokenCacheKey, secret: Secret, at now: Instant, limits: TokenLimits
    ) throws(TokenStoreError) -> TokenGrant {
        let sealed: [UInt8]
        do throws(OwnFileError) {
            sealed = try OwnFolder(at: folder, creating: false).file(reading: Self.name(of: key))
                .readAll(limit: Self.fileLimit)
        } catch {
            throw .file(error)
        }
        let content: Secret
        do throws(SealingError) {
            content = try Self.seal(secret).open(sealed.span, boundTo: key.bytes.span)
        } catch {
            switch error {
            case .notSealed, .notAuthentic: throw .sealBroken
            case .tooLong, .libraryFailed: throw .sealingFailed(error)
            }
        }
        do throws(TokenCacheError) {
            let record = try content.withExposedBytes { bytes throws(TokenCacheError) in
                try TokenCacheRecord(decoding: bytes)
            }
            return try record.restored(for: key, bootID: bootID, at: now, limits: limits)
        } catch {
            throw .record(error)
        }
    }

    /// Keeps a token in the place of the one kept so far.
    ///
    /// - Parameter lock: on the same key; it is what keeps two writers apart.
    package func keep(
        _ grant: TokenGrant, for key: TokenCacheKey, secret: Secret, holding lock: FileLock
    ) throws(TokenStoreError) {
        let content = TokenCacheRecord(key: key, bootID: bootID, grant: grant).encoded()
        let sealed: [UInt8]
        do throws(SealingError) {
            sealed = try content.withExposedBytes { bytes throws(SealingError) in
                try Self.seal(secret).seal(bytes, boundTo: key.bytes.span)
            }
        } catch {
            throw .sealingFailed(error)
        }
        do throws(OwnFileError) {
            try OwnFolder(at: folder, creating: true).replace(Self.name(of: key), with: sealed)
        } catch {
            throw .file(error)
        }
    }

    /// Takes the lock if nobody has it; never waits.
    package func lock(_ key: TokenCacheKey) -> FileLock.Attempt {
        do throws(OwnFileError) {
            let folder = try OwnFolder(at: folder, creating: true)
            return FileLock.attempt(on: try folder.file(keeping: Self.name(of: key) + ".lock"))
        } catch {
            return .unavailable(error)
        }
    }

    private static func name(of key: TokenCacheKey) -> String { "token-" + key.fileStem }

    private static func seal(_ secret: Secret) -> Seal { Seal(under: secret, purpose: "cartouche kept token 1") }
}
