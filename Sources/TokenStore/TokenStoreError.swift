import Credentials
import OwnFiles
import Sealing

/// Why a token is not kept, or a kept one not used. None of them fails a request: a token is fetched instead.
package enum TokenStoreError: Error, Equatable, Sendable {
    /// Its file; absent, it is most often the first start.
    case file(OwnFileError)
    /// Damaged, of another version, or sealed under another client secret, which cannot be told apart.
    case sealBroken
    case record(TokenCacheError)
    case sealingFailed(SealingError)
    /// The disk has not answered in time.
    case slow

    /// What it says about the machine's state.
    package enum Weight: Sendable {
        /// Nothing is wrong.
        case ordinary
        /// Someone should look.
        case suspicious
    }

    package var weight: Weight {
        switch self {
        case .file(.absent), .sealBroken, .record: .ordinary
        case .file, .sealingFailed, .slow: .suspicious
        }
    }

    /// The end of a sentence that begins with "the kept token" or the path of the store.
    package var explanation: String {
        switch self {
        case .file(let error): error.explanation
        case .sealBroken: "is damaged, or was sealed under another client secret"
        case .record(.expired): "has expired"
        case .record(.fromTheFuture): "was written later than the clock says it is now"
        case .record(.otherClient): "belongs to other settings"
        case .record: "is not well-formed"
        case .slow: "takes too long to answer"
        case .sealingFailed: "cannot be sealed or opened by libcrypto"
        }
    }
}
