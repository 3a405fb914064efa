import Credentials
import Sealing

/// Why a token is not kept, or a kept one not used. None of them fails a request: a token is fetched instead.
package enum TokenStoreError: Error, Equatable, Sendable {
    /// There is none; most often the first start.
    case absent
    /// A link or a device stands where a file or folder of ours belongs.
    case notRegular
    case ownedByStranger
    case accessibleByOthers
    case tooLarge
    /// Damaged, of another version, or sealed under another client secret, which cannot be told apart.
    case sealBroken
    case record(TokenCacheError)
    case sealingFailed(SealingError)
    /// A system call failed, with its `errno`.
    case system(Int32)

    /// What it says about the machine's state.
    package enum Weight: Sendable {
        /// Nothing is wrong.
        case ordinary
        /// Someone should look.
        case suspicious
    }

    package var weight: Weight {
        switch self {
        case .absent, .sealBroken, .record: .ordinary
        case .notRegular, .ownedByStranger, .accessibleByOthers, .tooLarge, .sealingFailed, .system: .suspicious
        }
    }

    /// The end of a sentence that begins with "the kept token" or the path of the store.
    package var explanation: String {
        switch self {
        case .absent: "is not there"
        case .notRegular: "is not of the kind the program makes (a link, perhaps)"
        case .ownedByStranger: "belongs to another user"
        case .accessibleByOthers: "can be read or changed by other users; run chmod -R go= on it"
        case .tooLarge: "is too large"
        case .sealBroken: "is damaged, or was sealed under another client secret"
        case .record(.expired): "has expired"
        case .record(.fromTheFuture): "was written later than the clock says it is now"
        case .record(.otherClient): "belongs to other settings"
        case .record: "is not well-formed"
        case .sealingFailed: "cannot be sealed or opened by libcrypto"
        case .system(let code): "cannot be used: \(SystemText.of(code))"
        }
    }
}
