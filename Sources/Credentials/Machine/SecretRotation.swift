/// Where the replacement of the client secret stands.
///
/// A new secret is tried first. If the server rejects it, the old one is used again and the new one is held
/// back, not thrown away: a secret is often put in place here before it is put in place at the server. When the
/// old one is rejected in turn, the new one gets its next try.
enum SecretRotation: Equatable, Sendable {
    /// One secret only.
    case none
    /// The new secret is tried.
    case trying(settled: Standing)
    /// The new secret was rejected; the old one is in use.
    case heldBack(settled: Standing)

    /// What is known of the old secret.
    enum Standing: Equatable, Sendable {
        case notRejected
        case rejected
    }

    var choice: ClientSecretChoice {
        switch self {
        case .none, .heldBack: .settled
        case .trying: .candidate
        }
    }
}
