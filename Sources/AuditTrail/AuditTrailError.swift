import OwnFiles

/// Why lines of the audit log cannot be written.
package enum AuditTrailError: Error, Equatable, Sendable {
    /// The log itself.
    case log(OwnFileError)
    /// The head record or the key, in the folder of the program's state.
    case state(OwnFileError)
    /// No log was ever written from here.
    case keyAbsent
    /// Another process has held the log for longer than writing takes.
    case busy
    case libraryFailed

    package var explanation: String {
        switch self {
        case .log(let error): "the audit log \(error.explanation)"
        case .state(let error): "the folder of the audit log's head record \(error.explanation)"
        case .keyAbsent: "there is no key of an audit log in the folder of the program's state"
        case .busy: "another process holds the audit log"
        case .libraryFailed: "libcrypto failed"
        }
    }
}
