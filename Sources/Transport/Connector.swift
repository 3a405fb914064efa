/// Begins connections: a process that has given up the right to asks another one to.
///
/// Called on event loops, so it does not wait for the other end.
package protocol Connector: Sendable {
    /// - Returns: a descriptor that is the caller's, of a socket that connects there or has already.
    func beginToConnect(to address: SocketAddress) throws(SystemError) -> Int32
}

/// This process does.
package struct OwnConnector: Connector {
    package init() {}

    package func beginToConnect(to address: SocketAddress) throws(SystemError) -> Int32 {
        try address.beginToConnect()
    }
}
