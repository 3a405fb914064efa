#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// An open folder of the program's own: ours, closed to others, and no link. Files are named relative to it, so that
/// nothing can take the folder's place between two calls.
package final class OwnFolder {
    private let descriptor: Int32

    /// - Parameters:
    ///   - creating: whether missing folders are made, for their owner alone.
    ///   - mayBeRoots: whether it may belong to root.
    package init(at path: String, creating: Bool, mayBeRoots: Bool = false) throws(OwnFileError) {
        if creating { try Self.make(path) }
        let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw .lastOpening }
        self.descriptor = descriptor
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw .last }
        guard status.st_uid == geteuid() || (mayBeRoots && status.st_uid == 0) else { throw .ownedByStranger }
        // Its files are closed by themselves; what others must not do is put files of theirs in their place.
        guard status.st_mode & 0o022 == 0 else { throw .accessibleByOthers }
    }

    deinit { close(descriptor) }

    private static func make(_ path: String) throws(OwnFileError) {
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
    package func file(
        reading name: String, _ openness: OwnFile.Openness = .closed
    ) throws(OwnFileError) -> OwnFile {
        try OwnFile(unsafe openat(descriptor, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC), openness)
    }

    /// A file that does not exist, for writing.
    package func file(creating name: String) throws(OwnFileError) -> OwnFile {
        try OwnFile(unsafe openat(descriptor, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600))
    }

    /// A file to read and write, or to hold a lock on, made where there is none.
    package func file(keeping name: String) throws(OwnFileError) -> OwnFile {
        try OwnFile(unsafe openat(descriptor, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0o600))
    }

    package func remove(_ name: String) { unsafe unlinkat(descriptor, name, 0) }

    package func rename(_ old: String, to new: String) throws(OwnFileError) {
        guard unsafe renameat(descriptor, old, descriptor, new) == 0 else { throw .last }
    }

    /// Until then a power cut may undo a rename.
    package func synchronise() throws(OwnFileError) {
        guard fsync(descriptor) == 0 else { throw .last }
    }

    /// Puts a file in the place of the one of that name, whole and on the disk before it takes the name: whenever the
    /// program or the machine stops, the old one or the new one is there. The caller keeps other writers off.
    package func replace(_ name: String, with content: [UInt8]) throws(OwnFileError) {
        let new = name + ".new"
        // Left by a process that was stopped while it wrote.
        remove(new)
        do throws(OwnFileError) {
            try file(creating: new).writeDurably(content)
            try rename(new, to: name)
        } catch {
            remove(new)
            throw error
        }
        try synchronise()
    }
}
