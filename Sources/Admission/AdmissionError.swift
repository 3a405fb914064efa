/// What can be wrong with a configured origin or name. Case names are the rules broken.
package enum AdmissionError: Error, Equatable, Sendable, CaseIterable {
    case originWithoutScheme
    case originIsWildcard
    case originIsNull
    case originHasPath
    case originHasUserinfo
    case originHostMalformed
    case nameMalformed
    case notASCII

    /// One sentence for the person who wrote it.
    package var explanation: String {
        switch self {
        case .originWithoutScheme: "an origin begins with its scheme, as in https://app.example.com"
        case .originIsWildcard: "only a port can be *, as in http://localhost:*; list each origin"
        case .originIsNull: "null stands for any sandboxed page or local file and cannot be allowed"
        case .originHasPath: "an origin is scheme, host and port only: nothing follows them, no slash either"
        case .originHasUserinfo: "an origin has no user name"
        case .originHostMalformed: "the host or port of the origin is malformed"
        case .nameMalformed: "a name is a host, perhaps with a port of 1 to 65535, as in proxy.example.com:8443"
        case .notASCII: "write an international name in its xn-- form"
        }
    }
}
