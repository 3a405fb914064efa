internal import COpenSSL

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The system's trust store as it stands: differs when it has been changed. (Of its folder's certificates libssl
/// takes note by itself, when it needs one.)
package struct SystemTrust: Equatable, Sendable {
    private let inode: UInt64
    private let size: Int64
    private let seconds: Int64
    private let nanoseconds: Int64

    package static var current: SystemTrust {
        guard let path = file else { return SystemTrust(inode: 0, size: 0, seconds: 0, nanoseconds: 0) }
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return SystemTrust(inode: 0, size: 0, seconds: 0, nanoseconds: 0) }
        #if canImport(Darwin)
            let changed = status.st_mtimespec
        #else
            let changed = status.st_mtim
        #endif
        return SystemTrust(
            inode: UInt64(truncatingIfNeeded: status.st_ino), size: Int64(status.st_size),
            seconds: Int64(changed.tv_sec), nanoseconds: Int64(changed.tv_nsec))
    }

    /// Nil where the system has none.
    static var bundle: TrustBundle? { file.flatMap(TrustBundle.init(file:)) }

    /// Where libssl looks, unless its variable says otherwise.
    private static var file: String? {
        if let name = unsafe X509_get_default_cert_file_env(), let path = unsafe getenv(name) {
            return unsafe String(cString: path)
        }
        return unsafe X509_get_default_cert_file().map { unsafe String(cString: $0) }
    }
}
