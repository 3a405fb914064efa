import Transport

/// Why a configuration did not take the place of the one in force, though nothing is wrong with it.
package enum ReloadRefusal: Error, Sendable {
    /// The program is ending.
    case ending
    /// A listener cannot be watched.
    case listenerUnusable(SystemError)
}

extension ReloadRefusal {
    package var explanation: String {
        switch self {
        case .ending: "the program is ending"
        case .listenerUnusable(let error): "a listener cannot be watched: \(error.explanation)"
        }
    }
}
