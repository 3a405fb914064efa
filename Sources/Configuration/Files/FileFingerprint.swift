#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Which file a path leads to and when it was last changed: differs whenever the content may.
package enum FileFingerprint: Equatable, Sendable {
    case absent
    case file(device: UInt64, inode: UInt64, size: Int64, modified: Int64, changed: Int64)

    /// Links are followed: container platforms swap a link to put a new secret in place.
    package init(of path: String) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else {
            self = .absent
            return
        }
        #if canImport(Darwin)
            let (modified, changed) = (status.st_mtimespec, status.st_ctimespec)
        #else
            let (modified, changed) = (status.st_mtim, status.st_ctim)
        #endif
        self = .file(
            device: UInt64(truncatingIfNeeded: status.st_dev), inode: UInt64(truncatingIfNeeded: status.st_ino),
            size: Int64(status.st_size), modified: Self.nanoseconds(modified), changed: Self.nanoseconds(changed))
    }

    private static func nanoseconds(_ time: timespec) -> Int64 {
        Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }
}
