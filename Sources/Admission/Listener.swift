/// Where a request came in.
package enum Listener: Equatable, Sendable {
    case tcp(port: UInt16, isTLS: Bool)
    case unix

    var port: UInt16? {
        switch self {
        case .tcp(let port, _): port
        case .unix: nil
        }
    }

    var isTLS: Bool {
        switch self {
        case .tcp(_, let isTLS): isTLS
        case .unix: false
        }
    }
}
