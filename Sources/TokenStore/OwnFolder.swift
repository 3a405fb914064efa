#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The open folder of the store: ours, closed to others, and no link. Files are named relative to it, so that
/// nothing can take the folder's place between two calls.
final class OwnFolder {
    private let descriptor: Int32

    /// - Parameter creating: whether missing folders are made, for their owner alone.
    init(at path: String, creating: Bool) throws(TokenStoreError) {
        if creating { try Self.make(path) }
        let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw .lastOpening }
        self.descriptor = descriptor
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw .last }
        guard status.st_uid == geteuid() else { throw .ownedByStranger }
        // Its files are closed by themselves; what others must not do is put files of theirs in their place.
        guard status.st_mode & 0o022 == 0 else { throw .accessibleByOthers }
    }

    deinit { close(descriptor) }

    private static func make(_ path: String) throws(TokenStoreError) {
        var end = path.startIndex
        while end < path.endIndex {
            end = path[path.index(after: end)...].firstIndex(of: "/") ?? path.endIndex
            let part = String(path[..<end])
            guard unsafe mkdir(part, 0o700) != 0 else { continue }
            let code = errno
            // On a read-only or guarded part of the path that exists already, mkdir may say so first.
            guard unsafe code == EEXIST || access(part, F_OK) == 0 else { throw .system(code) }
        }
    }

    /// A file that exists, for reading.
    func file(reading name: String) throws(TokenStoreError) -> OwnFile {
        try OwnFile(unsafe openat(descriptor, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC))
    }

    /// A file that does not exist, for writing.
    func file(creating name: String) throws(TokenStoreError) -> OwnFile {
        try OwnFile(unsafe openat(descriptor, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600))
    }

    /// A file to hold a lock on, made where there is none.
    func file(locking name: String) throws(TokenStoreError) -> OwnFile {
        try OwnFile(unsafe openat(descriptor, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0o600))
    }

    func remove(_ name: String) { unsafe unlinkat(descriptor, name, 0) }

    func rename(_ old: String, to new: String) throws(TokenStoreError) {
        guard unsafe renameat(descriptor, old, descriptor, new) == 0 else { throw .last }
    }

    /// Until then a power cut may undo a rename.
    func synchronise() throws(TokenStoreError) {
        guard fsync(descriptor) == 0 else { throw .last }
    }
}

extension TokenStoreError {
    /// The `errno` of the call that just failed on this thread.
    static var last: TokenStoreError { .system(errno) }

    /// The same for one that opens.
    static var lastOpening: TokenStoreError {
        switch errno {
        case ENOENT: .absent
        // O_NOFOLLOW says ELOOP for a link; O_DIRECTORY says ENOTDIR for whatever is no folder, links included.
        case ELOOP, ENOTDIR: .notRegular
        case let code: .system(code)
        }
    }
}
