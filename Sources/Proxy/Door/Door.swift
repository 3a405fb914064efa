import Admission
import TLS
import Transport

/// Asked for each connection before a byte of it is read, and once more at its first request under another
/// configuration: who may come in.
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
        var entrance = Entrance(isListenerLocal: isLocal)
        if speaksTLS(at: place) {
            // Never in the clear where TLS was promised.
            guard let tls else { return .full(speaksTLS: true) }
            entrance.tls = tls
        }
        if !isLocal, let host = peer?.peerAddress?.host {
            guard counter.enter(host, limit: limit) else { return .full(speaksTLS: speaksTLS(at: place)) }
            entrance.countedHost = host
        }
        if let failure = refusal(descriptor, from: peer, isLocal: isLocal) { entrance.shut = .init(failure) }
        return .enter(entrance)
    }

    /// What is said to those who may not be here; nil for who may.
    func refusal(_ descriptor: Int32, from peer: SocketAddress?, isLocal: Bool) -> Failure? {
        // Unset, they cost these two comparisons.
        guard rules.users != nil || rules.ranges != nil else { return nil }
        let facts = PeerFacts(
            owner: rules.users == nil ? .elsewhere : Self.owner(of: descriptor, peer), address: peer?.peerAddress,
            isListenerLocal: isLocal)
        return rules.refusal(of: facts).map { .of(.notAdmitted($0)) }
    }

    /// Whether a connection that came in under other rules shows what these ask for: TLS, and a certificate by the
    /// same authorities. Another certificate of our own is no reason to end it.
    func accepts(_ former: TLSContext?, at place: Int) -> Bool {
        guard speaksTLS(at: place) else { return former == nil }
        guard let tls, let former else { return false }
        return tls.clients == former.clients
    }

    private func speaksTLS(at place: Int) -> Bool {
        if case .tcp(_, isTLS: true) = listeners[place] { return true }
        return false
    }

    /// A socket of this machine has an owner here, also where it was connected by an address that others reach.
    private static func owner(of descriptor: Int32, _ peer: SocketAddress?) -> PeerFacts.Owner {
        switch holder(of: descriptor, peer) {
        case .user(let user): .user(user)
        case .absent: peer?.isLoopback == true ? .untold : .elsewhere
        case .nobody, .unknown: .untold
        }
    }

    /// Who has the other end of an accepted connection.
    static func holder(of descriptor: Int32, _ peer: SocketAddress?) -> SocketOwner {
        guard let peer, peer.peerAddress != nil else { return SocketOwner.ofUnixPeer(descriptor) }
        guard let local = SocketAddress.ofSocket(descriptor) else { return .unknown }
        return SocketOwner.find(peer: peer, local: local)
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
