import ClientKeys
import OwnFiles

/// Why a file of keys is not read or not changed.
package enum KeyFileError: Error, Equatable, Sendable {
    case file(OwnFileError)
    case damaged(KeyFileFault)
    /// Another command has been changing it for longer than any does.
    case busy
    case pathNamesNoFile

    /// The end of a sentence that begins with the path.
    package var explanation: String {
        switch self {
        case .file(let error): error.explanation
        case .damaged(let fault): fault.explanation
        case .busy: "is being changed by another command"
        case .pathNamesNoFile: "names no file"
        }
    }
}
