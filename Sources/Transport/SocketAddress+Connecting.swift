internal import CSystem

extension SocketAddress {
    /// A socket that connects there, or has already. Nothing is waited for.
    ///
    /// - Returns: a descriptor that is the caller's.
    package func beginToConnect() throws(SystemError) -> Int32 {
        let descriptor = cartouche_socket(family)
        guard descriptor >= 0 else { throw .last }
        // Requests are written whole; waiting to fill a packet would only delay them.
        var on: Int32 = 1
        _ = unsafe setsockopt(
            descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        cartouche_expect_peer(descriptor, Dialer.silence)
        if isLoopback { cartouche_expect_no_congestion(descriptor) }
        let result = unsafe withSystemAddress { address, length in unsafe connect(descriptor, address, length) }
        guard result != 0 else { return descriptor }
        let error = result == nil ? SystemError(number: ENAMETOOLONG) : SystemError.last
        guard error.number != EINPROGRESS else { return descriptor }
        close(descriptor)
        throw error
    }
}
