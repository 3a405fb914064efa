import CSystem

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Why there is no control socket, or no answer from one.
package enum ControlError: Error, Equatable, Sendable {
    /// Neither of the variables that name a folder for it is set.
    case noFolder
    /// A folder that is somebody else's, or that others can write to, or a link.
    case folderUnsafe(path: String)
    case pathTooLong(path: String)
    case system(Int32)
    /// What listens there does not answer as we do.
    case answerMalformed

    static var last: ControlError { .system(cartouche_errno()) }

    package var explanation: String {
        switch self {
        case .noFolder: "none of RUNTIME_DIRECTORY, XDG_RUNTIME_DIR and HOME names a folder for it"
        case .folderUnsafe(let path): "\(path) is not a folder of ours that is closed to others"
        case .pathTooLong(let path): "\(path) is too long a path for a socket"
        case .system(let number):
            if let text = unsafe strerror(number) { unsafe String(cString: text) } else { "error \(number)" }
        case .answerMalformed: "it does not answer as this program would"
        }
    }
}
