/// Why a file is not used. Each names the path and, where a command mends it, the command.
package enum FileProblem: Error, Hashable, Sendable {
    case missing(path: String)
    case unreadable(path: String, SystemError)
    case notRegular(path: String)
    case tooLarge(path: String, limit: Int)
    case readableByOthers(path: String)
    case writableByOthers(path: String, holdsSecret: Bool = false)
    case ownedByStranger(path: String, owner: UInt32)
    case folderWritableByOthers(path: String)
    case folderOwnedByStranger(path: String, owner: UInt32)

    package var rule: ConfigurationProblem.Rule {
        switch self {
        case .missing, .unreadable, .notRegular, .tooLarge: .filesAreReadable
        case .readableByOthers, .writableByOthers, .ownedByStranger, .folderWritableByOthers, .folderOwnedByStranger:
            .filesAreProtected
        }
    }

    package var message: String {
        switch self {
        case .missing(let path): "there is no file \(path)"
        case .unreadable(let path, let error): "\(path) cannot be read: \(error)"
        case .notRegular(let path): "\(path) is no regular file"
        case .tooLarge(let path, let limit): "\(path) is larger than \(Quantity.text(size: limit))"
        case .readableByOthers(let path): "\(path) holds a secret and other users can read it"
        case .writableByOthers(let path, _): "other users can change \(path)"
        case .ownedByStranger(let path, let owner): "\(path) belongs to another user (id \(owner))"
        case .folderWritableByOthers(let path): "other users can replace files in the folder \(path)"
        case .folderOwnedByStranger(let path, let owner): "the folder \(path) belongs to another user (id \(owner))"
        }
    }

    package var suggestion: String? {
        switch self {
        case .missing, .unreadable, .notRegular, .tooLarge: nil
        // One command for all that is wrong.
        case .readableByOthers(let path), .writableByOthers(let path, holdsSecret: true): "run: chmod 600 \(ShellWord.quoted(path))"
        case .writableByOthers(let path, _), .folderWritableByOthers(let path):
            "run: chmod go-w \(ShellWord.quoted(path))"
        case .ownedByStranger(let path, _), .folderOwnedByStranger(let path, _):
            "if it is yours, run: sudo chown \"$(id -u)\" \(ShellWord.quoted(path))"
        }
    }
}
