/// Who may connect at all: users of this machine, and addresses of others. Judged once for each connection.
package struct PeerRules: Equatable, Sendable {
    /// User ids; nil for every user.
    package let users: Set<UInt32>?
    /// Where clients of listeners that other machines reach may come from; nil for anywhere.
    package let ranges: [AddressRange]?

    package init(users: Set<UInt32>? = nil, ranges: [AddressRange]? = nil) {
        self.users = users
        self.ranges = ranges
    }

    /// Nil for who may.
    ///
    /// Another machine's users are beyond our knowledge; `ranges` and the client's own credential judge them. A client
    /// on this machine is judged by both.
    package func refusal(of peer: PeerFacts) -> Refusal? {
        if let users {
            switch peer.owner {
            case .user(let user) where users.contains(user): break
            case .user(let user): return Refusal(.userNotAllowed, hint: RefusalHint.user(user))
            case .untold: return Refusal(.userUnknown)
            case .elsewhere: break
            }
        }
        if let ranges, !peer.isListenerLocal {
            guard let address = peer.address else { return Refusal(.addressNotAllowed) }
            guard ranges.contains(where: { $0.contains(address) }) else {
                return Refusal(.addressNotAllowed, hint: RefusalHint.address(address))
            }
        }
        return nil
    }
}
