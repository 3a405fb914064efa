internal import CSystem

/// How the file of a Unix-domain socket is made: whose it is, and who may connect (who may write to it, unix(7)).
package struct SocketFile: Equatable, Sendable {
    /// Permission bits.
    package var mode: UInt16
    /// Ours where nil.
    package var owner: UInt32?
    package var group: UInt32?

    package init(mode: UInt16 = 0o600, owner: UInt32? = nil, group: UInt32? = nil) {
        self.mode = mode
        self.owner = owner
        self.group = group
    }

    /// Binds `descriptor` to `path`, in the place of a socket that nobody listens on any more, if one was left behind.
    /// The mode is in force before anybody can connect, which needs the caller to listen.
    ///
    /// - Throws: `EADDRINUSE` where somebody listens there, `ENOTSOCK` where another kind of file stands there. Neither
    ///   is touched.
    func bind(_ descriptor: Int32, to path: String) throws(SystemError) {
        let folder = Self.lockFolder(of: path)
        defer { if folder >= 0 { close(folder) } }
        // The file is made with the mode of the socket itself (unix(7)), less what umask takes away.
        guard fchmod(descriptor, 0o600) == 0 else { throw .last }
        let address = SocketAddress.unix(path: path)
        if !Self.bindOnce(descriptor, address) {
            let error = SystemError.last
            guard error == .addressInUse else { throw error }
            try Self.removeDeserted(path, address)
            guard Self.bindOnce(descriptor, address) else { throw .last }
        }
        if owner != nil || group != nil {
            guard unsafe lchown(path, owner ?? .max, group ?? .max) == 0 else { throw Self.undone(path) }
        }
        if mode != 0o600 { guard unsafe chmod(path, mode_t(mode)) == 0 else { throw Self.undone(path) } }
    }

    private static func undone(_ path: String) -> SystemError {
        let error = SystemError.last
        _ = unsafe unlink(path)
        return error
    }

    private static func bindOnce(_ descriptor: Int32, _ address: SocketAddress) -> Bool {
        let result = unsafe address.withSystemAddress { pointer, length in
            unsafe CSystem.bind(descriptor, pointer, length)
        }
        // A path that is too long has no form the kernel reads.
        guard let result else {
            cartouche_set_errno(ENAMETOOLONG)
            return false
        }
        return result == 0
    }

    /// Removes the file only if it is the very one that nobody answered on.
    private static func removeDeserted(_ path: String, _ address: SocketAddress) throws(SystemError) {
        let found = try socket(at: path)
        guard let found else { return }
        guard try isDeserted(address) else { throw .addressInUse }
        guard try socket(at: path) == found else { throw .addressInUse }
        guard unsafe unlink(path) == 0 || SystemError.last.number == ENOENT else { throw .last }
    }

    private struct Identity: Equatable {
        var device: UInt64 = 0
        var inode: UInt64 = 0
    }

    /// Nil where there is nothing any more.
    private static func socket(at path: String) throws(SystemError) -> Identity? {
        var identity = Identity()
        switch unsafe cartouche_socket_at(path, &identity.device, &identity.inode) {
        case 0: return identity
        case 1: throw .notASocket
        case 2: return nil
        default: throw .last
        }
    }

    /// Whether connecting is refused, which says that the file has outlived its socket. Everything else (a full queue,
    /// a socket of another type, no permission) leaves room for somebody who lives.
    private static func isDeserted(_ address: SocketAddress) throws(SystemError) -> Bool {
        let probe = cartouche_socket(AF_UNIX)
        guard probe >= 0 else { throw .last }
        defer { close(probe) }
        let result = unsafe address.withSystemAddress { pointer, length in unsafe connect(probe, pointer, length) }
        return result != 0 && SystemError.last == .connectionRefused
    }

    /// Programs that start at the same moment go through this one after the other. Only a courtesy: where somebody else
    /// holds the folder, one goes on.
    private static func lockFolder(of path: String) -> Int32 {
        var folder = "/"
        if let slash = path.utf8.lastIndex(of: 0x2F), slash != path.utf8.startIndex { folder = String(path[..<slash]) }
        return unsafe cartouche_lock_folder(folder)
    }
}
