import Configuration
import Proxy
import Transport

/// The sockets that are listened on, by the addresses configured.
struct ListenerSet: Sendable {
    private struct Open: Sendable {
        let address: ListenAddress
        let place: Int
        let listener: Transport.Listener
    }

    private var open: [Open] = []
    /// What this machine has no such address for.
    private(set) var missing: [ListenAddress] = []

    /// None at all: for commands that serve nobody.
    init() {}

    /// - Parameters:
    ///   - file: what becomes of the files of Unix-domain sockets.
    ///   - former: whose sockets are kept for addresses that are configured still. Nothing is closed here.
    ///   - handed: sockets that were opened for this process.
    ///   - outside: opens those that are new.
    init(
        _ addresses: [ListenAddress], file: SocketFile, keeping former: ListenerSet = ListenerSet(),
        handed: HandedSockets = HandedSockets(), outside: Outside
    ) throws(Stop) {
        var left = former.open
        var handed = handed
        for (place, address) in addresses.enumerated() {
            if let known = left.firstIndex(where: { $0.address.isSameSocket(as: address) }) {
                open.append(Open(address: address, place: place, listener: left.remove(at: known).listener))
                continue
            }
            if let listener = handed.take(address) {
                open.append(Open(address: address, place: place, listener: listener))
                continue
            }
            do throws(Transport.SystemError) {
                let listener = try outside.listen(try Self.socketAddress(address), file)
                open.append(Open(address: address, place: place, listener: listener))
            } catch {
                // A machine without IPv6 is no error; a port that is taken is.
                guard error.isAddressMissing, address.isIPv6 else { throw Self.failure(error, address) }
                missing.append(address)
            }
        }
        try handed.checkAllTaken()
        guard !open.isEmpty else { throw Stop(.runtime, "cartouche: none of the listeners exists here") }
    }

    var placed: [PlacedListener] { open.map { PlacedListener($0.listener, place: $0.place) } }

    /// As they are shown: with the port that was found where any was asked for.
    var shown: [String] { open.map { Self.shown($0) } }

    /// Those shown that `former` has not.
    func shownBeyond(_ former: ListenerSet) -> [String] {
        let known = former.open.map(\.listener.number)
        return open.filter { !known.contains($0.listener.number) }.map { Self.shown($0) }
    }

    /// What admission has to know of each of the addresses.
    func kinds(of addresses: [ListenAddress]) -> [ListenerKind] {
        addresses.enumerated().map { place, address in
            let bound = open.first { $0.place == place }?.listener.address.port
            switch address {
            case .tcp(_, let port, let isTLS): return .tcp(port: bound ?? port, isTLS: isTLS)
            case .unix: return .unix
            }
        }
    }

    private static func shown(_ open: Open) -> String {
        let address = open.listener.address
        return address.port == nil ? "\(address)" : "\(open.address.isTLS ? "https" : "http")://\(address)"
    }

    private static func failure(_ error: Transport.SystemError, _ address: ListenAddress) -> Stop {
        if error == .addressInUse {
            return Stop(
                .portTaken,
                "cartouche: \(address) is taken: another program, or another cartouche, listens there; "
                    + "end it or choose another with --listen")
        }
        if error == .notASocket {
            return Stop(.runtime, "cartouche: cannot listen on \(address): a file that is no socket stands there")
        }
        return Stop(.runtime, "cartouche: cannot listen on \(address): \(error.explanation)")
    }

    /// For a process that takes the place of this one: descriptors to be closed after, and their names.
    func duplicates(above lowest: Int32) -> [(descriptor: Int32, name: String)] {
        open.compactMap { entry in
            guard let address = try? Self.socketAddress(entry.address) else { return nil }
            let descriptor = entry.listener.duplicate(above: lowest)
            guard descriptor >= 0 else { return nil }
            return (descriptor, HandOver.encode("\(address)", isShared: entry.listener.isShared))
        }
    }

    var count: Int { open.count }

    static func socketAddress(_ address: ListenAddress) throws(Transport.SystemError) -> SocketAddress {
        switch address {
        case .unix(let path): return .unix(path: path)
        case .tcp(let numeric, let port, _):
            guard let result = SocketAddress(numeric: numeric.description, port: port) else { throw .addressNotAvailable }
            return result
        }
    }
}

extension ListenAddress {
    fileprivate var isIPv6: Bool {
        if case .tcp(.v6, _, _) = self { return true }
        return false
    }

    /// What is spoken there can change while it is listened on.
    fileprivate func isSameSocket(as other: ListenAddress) -> Bool {
        switch (self, other) {
        case (.tcp(let address, let port, _), .tcp(let otherAddress, let otherPort, _)):
            address == otherAddress && port == otherPort
        case (.unix(let path), .unix(let otherPath)): path == otherPath
        case (.tcp, .unix), (.unix, .tcp): false
        }
    }
}
