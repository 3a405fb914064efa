#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What the permission rules ask about a file.
struct FileStatus: Sendable {
    let owner: UInt32
    /// Type and permission bits.
    let mode: UInt32
    let size: Int
    /// On a read-only mount the permission to write is worth nothing to anybody.
    let isOnReadOnlyMount: Bool

    var isRegular: Bool { mode & UInt32(S_IFMT) == UInt32(S_IFREG) }
    var isLink: Bool { mode & UInt32(S_IFMT) == UInt32(S_IFLNK) }
    var isSticky: Bool { mode & UInt32(S_ISVTX) != 0 }

    init(of descriptor: borrowing FileDescriptor) throws(SystemError) {
        var status = stat()
        guard unsafe fstat(descriptor.number, &status) == 0 else { throw SystemError.last }
        var mount = statvfs()
        let isKnown = unsafe fstatvfs(descriptor.number, &mount) == 0
        self.init(status, isOnReadOnlyMount: isKnown && mount.f_flag & Self.readOnly != 0)
    }

    init(following path: String) throws(SystemError) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { throw SystemError.last }
        var mount = statvfs()
        let isKnown = unsafe statvfs(path, &mount) == 0
        self.init(status, isOnReadOnlyMount: isKnown && mount.f_flag & Self.readOnly != 0)
    }

    /// Of the link itself, where the path is one.
    init(ofLinkAt path: String) throws(SystemError) {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { throw SystemError.last }
        self.init(status, isOnReadOnlyMount: false)
    }

    private init(_ status: stat, isOnReadOnlyMount: Bool) {
        owner = UInt32(status.st_uid)
        mode = UInt32(status.st_mode)
        size = Int(status.st_size)
        self.isOnReadOnlyMount = isOnReadOnlyMount
    }

    private static let readOnly = UInt(ST_RDONLY)
}
