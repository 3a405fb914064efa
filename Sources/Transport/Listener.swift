internal import CSystem
internal import Synchronization

/// A listening socket: one per address, shared by all event loops.
///
/// Not one per loop with SO_REUSEPORT: that would hide that another program has the port, and lose the
/// connections queued on a socket that goes.
package final class Listener: Sendable {
    let descriptor: Int32

    /// The address bound, with the port the kernel chose where 0 was asked for.
    package let address: SocketAddress

    /// Unlike that of any other listener of this process: by it connections remember where they came in.
    package let number: Int

    /// Whether somebody else has the socket as well and goes on listening: the service manager.
    package let isShared: Bool

    private static let count = Atomic<Int>(0)

    /// How many connections the kernel keeps waiting; it lowers this to its own limit.
    static let backlog: Int32 = 4096

    /// - Parameter file: what becomes of the file of a Unix-domain socket.
    /// - Throws: `EADDRINUSE` where the port is taken, `EADDRNOTAVAIL` or `EAFNOSUPPORT` where this machine has no
    ///   such address; for a Unix-domain socket see ``SocketFile/bind(_:to:)``.
    package init(bindingTo address: SocketAddress, file: SocketFile = SocketFile()) throws(SystemError) {
        let descriptor = cartouche_socket(address.family)
        guard descriptor >= 0 else { throw .last }
        do throws(SystemError) {
            if case .unix(let path) = address {
                try file.bind(descriptor, to: path)
            } else {
                guard Self.bind(descriptor, to: address) else { throw .last }
            }
            guard listen(descriptor, Self.backlog) == 0 else { throw .last }
        } catch {
            close(descriptor)
            throw error
        }
        self.descriptor = descriptor
        self.address = SocketAddress.ofSocket(descriptor) ?? address
        isShared = false
        number = Self.nextNumber
    }

    /// Takes over a socket that was opened by another process.
    ///
    /// - Parameter address: where it is bound, for a kernel that does not tell (a Unix-domain socket's path).
    /// - Throws: `ENOTSOCK`, `EINVAL` where the descriptor is no stream socket that listens. It is left open then.
    package init(adopting descriptor: Int32, address: SocketAddress?, isShared: Bool) throws(SystemError) {
        guard try Self.option(descriptor, cartouche_socket_type) == cartouche_stream_socket,
            try Self.option(descriptor, SO_ACCEPTCONN) != 0,
            let address = SocketAddress.ofSocket(descriptor) ?? address ?? SocketAddress.pathOfSocket(descriptor)
        else { throw SystemError(number: EINVAL) }
        guard cartouche_adopt(descriptor) == 0 else { throw .last }
        self.descriptor = descriptor
        self.address = address
        self.isShared = isShared
        number = Self.nextNumber
    }

    private static var nextNumber: Int { count.wrappingAdd(1, ordering: .relaxed).newValue }

    private static func option(_ descriptor: Int32, _ name: Int32) throws(SystemError) -> Int32 {
        var value: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        guard unsafe getsockopt(descriptor, SOL_SOCKET, name, &value, &length) == 0 else { throw .last }
        return value
    }

    /// A further descriptor of the socket, above `lowest`, which closes on `exec`; -1 where there is none to be had.
    /// Whoever takes it closes it.
    package func duplicate(above lowest: Int32) -> Int32 { cartouche_duplicate(descriptor, lowest) }

    deinit { close(descriptor) }

    /// Refuses connections from here on. The descriptor stays ours until the last user lets go, so that its number
    /// cannot come to mean something else meanwhile. A shared socket goes on listening elsewhere.
    package func refuseConnections() { if !isShared { _ = shutdown(descriptor, Int32(SHUT_RDWR)) } }

    private static func bind(_ descriptor: Int32, to address: SocketAddress) -> Bool {
        switch address {
        case .ipv4, .unix: break
        // An IPv6 listener is for IPv6 only; the IPv4 address has a listener of its own.
        case .ipv6: setOption(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY)
        }
        // Inherited by accepted connections: answers are written whole, waiting to fill a packet only delays them.
        setOption(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY)
        cartouche_expect_bytes(descriptor)
        if address.isLoopback { cartouche_expect_no_congestion(descriptor) }
        // Connections of an earlier process that are in TIME_WAIT do not make the port taken.
        setOption(descriptor, SOL_SOCKET, SO_REUSEADDR)
        let result = unsafe address.withSystemAddress { pointer, length in
            unsafe CSystem.bind(descriptor, pointer, length)
        }
        return result == 0
    }

    private static func setOption(_ descriptor: Int32, _ level: Int32, _ name: Int32) {
        var on: Int32 = 1
        _ = unsafe setsockopt(descriptor, level, name, &on, socklen_t(MemoryLayout<Int32>.size))
    }

    enum Accepted {
        case connection(Int32, peer: SocketAddress?)
        case none
        /// Out of descriptors or memory: accepting must pause.
        case exhausted(SystemError)
    }

    func accept() -> Accepted {
        var storage = sockaddr_storage()
        while true {
            var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
            let (result, peer) = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                    let result = unsafe cartouche_accept(descriptor, address, &length)
                    return unsafe (result, result >= 0 ? SocketAddress(address, length: length) : nil)
                }
            }
            if result >= 0 { return .connection(result, peer: peer) }
            let error = SystemError.last
            if error.isShortage { return .exhausted(error) }
            switch error.number {
            case EAGAIN, EWOULDBLOCK: return .none
            // The connection that waited has gone; the next one may be there.
            case EINTR, ECONNABORTED, EPROTO, EPERM, ENETDOWN, EHOSTUNREACH, ENETUNREACH, EOPNOTSUPP: continue
            default: return .none
            }
        }
    }
}
