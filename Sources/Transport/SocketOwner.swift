internal import CSystem

/// Who has the other end of a connection on this machine.
package enum SocketOwner: Equatable, Sendable {
    /// A process of that user.
    case user(UInt32)
    /// Nobody: it was closed.
    case nobody
    /// It is not on this machine, or the kernel would not say.
    case unknown

    /// Looks exactly that one socket up, by the kernel's own tables. Not by /proc/net/tcp, which shows a closed
    /// socket as root's.
    ///
    /// - Parameters:
    ///   - peer: the other end's address, as accepted.
    ///   - local: our end's.
    package static func find(peer: SocketAddress, local: SocketAddress) -> SocketOwner {
        guard peer.isLoopback else { return .unknown }
        var user: UInt32 = 0
        var inode: UInt32 = 0
        let result = unsafe peer.withSystemAddress { near, _ in
            unsafe local.withSystemAddress { far, _ in unsafe cartouche_socket_owner(near, far, &user, &inode) }
        }
        switch result {
        case 0?: return inode == 0 ? .nobody : .user(user)
        case 1?: return .nobody
        default: return .unknown
        }
    }
}
