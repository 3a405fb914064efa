#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Why a file or folder of the program's own is not used.
package enum OwnFileError: Error, Equatable, Sendable {
    case absent
    /// A link or a device stands where a file or folder of ours belongs.
    case notRegular
    case ownedByStranger
    case accessibleByOthers
    case tooLarge
    /// A system call failed, with its `errno`.
    case system(Int32)

    /// The end of a sentence that begins with its path.
    package var explanation: String {
        switch self {
        case .absent: "is not there"
        case .notRegular: "is not of the kind the program makes (a link, perhaps)"
        case .ownedByStranger: "belongs to another user"
        case .accessibleByOthers: "can be read or changed by other users; run chmod -R go= on it"
        case .tooLarge: "is too large"
        case .system(let code): "cannot be used: \(SystemText.of(code))"
        }
    }

    /// The `errno` of the call that just failed on this thread.
    package static var last: OwnFileError { .system(errno) }

    /// The same for one that opens.
    package static var lastOpening: OwnFileError {
        switch errno {
        case ENOENT: .absent
        // O_NOFOLLOW says ELOOP for a link; O_DIRECTORY says ENOTDIR for whatever is no folder, links included.
        case ELOOP, ENOTDIR: .notRegular
        case let code: .system(code)
        }
    }
}
