/// Why bytes are no file of keys. It is then used for nothing: a key or a limit that was misread would let in what
/// it was to keep out.
package enum KeyFileFault: Error, Equatable, Sendable {
    case notJSON
    /// Of a later version of the program, or of another one.
    case versionUnknown
    case tooManyKeys
    /// What is wrong, with the name of the key or its number.
    case key(String, String)

    /// The end of a sentence that begins with the path.
    package var explanation: String {
        switch self {
        case .notJSON: "is no file of keys: it is not well-formed JSON"
        case .versionUnknown: "is of a version this program does not know"
        case .tooManyKeys: "holds more than \(KeyFileFormat.limit) keys"
        case .key(let key, let what): "is damaged at the key \(key): \(what)"
        }
    }
}
