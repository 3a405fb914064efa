import Admission
import TLS
import Transport

/// Asked once for each connection, before a byte of it is read: who may come in.
struct Door {
    enum Verdict {
        case enter(Entrance)
        /// Its address has enough connections already.
        case full(speaksTLS: Bool)
    }

    private let rules: PeerRules
    private let listeners: [ListenerKind]
    private let tls: TLSContext?
    private let limit: Int
    private let counter: PeerCounter

    init(_ settings: ProxySettings, counter: PeerCounter) {
        rules = settings.peers
        listeners = settings.listeners
        tls = settings.listenerTLS
        limit = settings.peerConnectionLimit
        self.counter = counter
    }

    /// - Parameters:
    ///   - place: of the listener among those of the configuration.
    ///   - isLocal: whether the listener can be reached from this machine only.
    func judge(_ descriptor: Int32, from peer: SocketAddress?, at place: Int, isLocal: Bool) -> Verdict {
        var entrance = Entrance()
        if speaksTLS(at: place) {
            // Never in the clear where TLS was promised.
            guard let tls else { return .full(speaksTLS: true) }
            entrance.tls = tls
        }
        if !isLocal, let host = peer?.peerAddress?.host {
            guard counter.enter(host, limit: limit) else { return .full(speaksTLS: speaksTLS(at: place)) }
            entrance.countedHost = host
        }
        // Unset, they cost these two comparisons.
        if rules.users != nil || rules.ranges != nil {
            let facts = PeerFacts(
                owner: rules.users == nil ? .elsewhere : Self.owner(of: descriptor, peer), address: peer?.peerAddress,
                isListenerLocal: isLocal)
            if let refusal = rules.refusal(of: facts) { entrance.shut = .init(.of(.notAdmitted(refusal))) }
        }
        return .enter(entrance)
    }

    private func speaksTLS(at place: Int) -> Bool {
        if case .tcp(_, isTLS: true) = listeners[place] { return true }
        return false
    }

    /// A socket of this machine has an owner here, also where it was connected by an address that others reach.
    private static func owner(of descriptor: Int32, _ peer: SocketAddress?) -> PeerFacts.Owner {
        guard let peer, peer.peerAddress != nil else {
            guard case .user(let user) = SocketOwner.ofUnixPeer(descriptor) else { return .untold }
            return .user(user)
        }
        guard let local = SocketAddress.ofSocket(descriptor) else { return .untold }
        switch SocketOwner.find(peer: peer, local: local) {
        case .user(let user): return .user(user)
        case .absent: return peer.isLoopback ? .untold : .elsewhere
        case .nobody, .unknown: return .untold
        }
    }
}

extension SocketAddress {
    /// Nil for a Unix-domain socket.
    var peerAddress: PeerAddress? {
        switch self {
        case .ipv4(let address, _): PeerAddress(ipv4: address)
        case .ipv6(let high, let low, _, _): PeerAddress(high: high, low: low)
        case .unix: nil
        }
    }
}
