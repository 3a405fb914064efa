internal import CSystem

/// Who has the other end of a connection.
package enum SocketOwner: Equatable, Sendable {
    /// A process of that user.
    case user(UInt32)
    /// Nobody: it was closed, and the kernel only keeps it for what is still under way.
    case nobody
    /// This machine has no such socket: it is another machine's, or was reset.
    case absent
    /// The kernel would not say.
    case unknown

    /// Looks exactly that one socket up, by the kernel's own tables. Not by /proc/net/tcp, which shows a closed
    /// socket as root's.
    ///
    /// - Parameters:
    ///   - peer: the other end's address, as accepted.
    ///   - local: our end's.
    package static func find(peer: SocketAddress, local: SocketAddress) -> SocketOwner {
        var user: UInt32 = 0
        var inode: UInt32 = 0
        let result = unsafe peer.withSystemAddress { near, _ in
            unsafe local.withSystemAddress { far, _ in unsafe cartouche_socket_owner(near, far, &user, &inode) }
        }
        switch result {
        case 0?: return inode == 0 ? .nobody : .user(user)
        case 1?: return .absent
        default: return .unknown
        }
    }

    /// The user that connected to this Unix-domain socket; the kernel wrote it down then.
    package static func ofUnixPeer(_ descriptor: Int32) -> SocketOwner {
        var user: UInt32 = 0
        return unsafe cartouche_unix_peer(descriptor, &user) == 0 ? .user(user) : .unknown
    }
}
