/// What is known of who has connected, before anything was read of it.
package struct PeerFacts: Equatable, Sendable {
    package enum Owner: Equatable, Sendable {
        /// A process of that user of this machine.
        case user(UInt32)
        /// It comes from this machine, but nobody has its socket any more, or the kernel would not tell who.
        case untold
        /// It comes from another machine.
        case elsewhere
    }

    package let owner: Owner
    /// Nil on a Unix-domain socket.
    package let address: PeerAddress?
    /// Whether the listener can be reached from this machine only.
    package let isListenerLocal: Bool

    package init(owner: Owner, address: PeerAddress?, isListenerLocal: Bool) {
        self.owner = owner
        self.address = address
        self.isListenerLocal = isListenerLocal
    }
}
