/// Why a request is not taken for one of a key's holder. Texts are fixed: none repeats what was sent.
package enum KeyRefusal: Error, Equatable, Sendable, CaseIterable {
    case missing
    case malformed
    case conflicting
    case unknown
    case replaced
    case revoked
    case expired

    package var status: Int {
        switch self {
        case .conflicting: 400
        case .missing, .malformed, .unknown, .replaced, .revoked, .expired: 401
        }
    }

    package var code: String {
        switch self {
        case .missing: "key-missing"
        case .malformed: "key-malformed"
        case .conflicting: "key-conflict"
        case .unknown: "key-unknown"
        case .replaced: "key-replaced"
        case .revoked: "key-revoked"
        case .expired: "key-expired"
        }
    }

    package var explanation: String {
        switch self {
        case .missing: "the request carries no key of this proxy"
        case .malformed: "the request's key is cut or mistyped"
        case .conflicting: "the request carries several different keys"
        case .unknown: "the request's key is not known here"
        case .replaced: "the request's key was replaced by a newer one"
        case .revoked: "the request's key was revoked"
        case .expired: "the request's key has expired"
        }
    }

    package var hint: String {
        switch self {
        case .missing:
            "Send the key as Authorization: Bearer KEY, as Cartouche-Key: KEY, or as the password of Basic "
                + "authentication. Who runs the proxy makes one with: cartouche keys add NAME"
        case .malformed: "Copy the whole key: cartouche_ and 47 letters and digits, and no quotes or spaces."
        case .conflicting: "Send one key."
        case .unknown: "It was made for another proxy, or was removed: ask who runs this one."
        case .replaced: "Use the one that replaced it; who runs the proxy can make another with: cartouche keys rotate NAME"
        case .revoked, .expired: "Ask who runs this proxy for a new one."
        }
    }
}
