internal import CSystem

/// Names to addresses, off the loop.
package struct Resolver: Sendable {
    private let pool: BlockingPool

    package init(pool: BlockingPool) { self.pool = pool }

    package enum Failure: Error, Equatable, Sendable {
        case nameUnknown
        case resolverUnavailable
        /// Too many look-ups are waiting already.
        case overloaded

        package var explanation: String {
            switch self {
            case .nameUnknown: "the name cannot be resolved"
            case .resolverUnavailable: "the name server does not answer"
            case .overloaded: "too many name look-ups are waiting"
            }
        }
    }

    /// What needs no look-up: numeric addresses, and `localhost`, which never leaves the machine (RFC 6761 §6.3).
    package static func immediate(_ host: String, port: UInt16) -> [SocketAddress]? {
        if let address = SocketAddress(numeric: host, port: port) { return [address] }
        guard host == "localhost" else { return nil }
        return [.ipv6(high: 0, low: 1, scope: 0, port: port), .ipv4(0x7F00_0001, port: port)]
    }

    /// Looks `host` up and calls `done` on the loop, in the resolver's order of preference.
    package func resolve(
        _ host: String, port: UInt16, on loop: EventLoop, done: @escaping (Result<[SocketAddress], Failure>) -> Void
    ) {
        loop.perform(on: pool) {
            Self.lookUp(host, port: port)
        } done: { result in
            done(result ?? .failure(.overloaded))
        }
    }

    private static func lookUp(_ host: String, port: UInt16) -> Result<[SocketAddress], Failure> {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = cartouche_stream_socket
        unsafe hints.ai_flags = AI_ADDRCONFIG
        var list: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(host, nil, &hints, &list)
        defer { if let list = unsafe list { unsafe freeaddrinfo(list) } }
        guard code == 0 else { return .failure(code == EAI_AGAIN ? .resolverUnavailable : .nameUnknown) }
        var addresses: [SocketAddress] = []
        var next = unsafe list
        while let entry = unsafe next {
            if let raw = unsafe entry.pointee.ai_addr,
                let address = unsafe SocketAddress(raw, length: entry.pointee.ai_addrlen)
            {
                addresses.append(address.with(port: port))
            }
            unsafe next = entry.pointee.ai_next
        }
        return addresses.isEmpty ? .failure(.nameUnknown) : .success(addresses)
    }
}

extension SocketAddress {
    func with(port: UInt16) -> SocketAddress {
        switch self {
        case .ipv4(let address, _): .ipv4(address, port: port)
        case .ipv6(let high, let low, let scope, _): .ipv6(high: high, low: low, scope: scope, port: port)
        case .unix: self
        }
    }
}
