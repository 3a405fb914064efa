import TLS
import Transport

/// Why the sandbox's server did not start.
package enum SandboxServerError: Error, Equatable, Sendable {
    /// The sandbox is for this machine alone: what it knows opens nothing, but it is no server for a network.
    case listenerMustBeLoopback
    case listenerMustHavePort
    case system(SystemError)
    case tls(TLSError)

    package var explanation: String {
        switch self {
        case .listenerMustBeLoopback: "the sandbox listens on loopback addresses only"
        case .listenerMustHavePort: "the sandbox listens on TCP ports only"
        case .system(let error): error.explanation
        case .tls(let error): error.explanation
        }
    }
}
