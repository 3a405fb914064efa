/// Where the program listens: a TCP address and port (0: any free one), with TLS or without, or a Unix-domain socket.
package enum ListenAddress: Hashable, Sendable {
    case tcp(InternetAddress, port: UInt16, isTLS: Bool = false)
    case unix(path: String)

    package static let defaultPort: UInt16 = 22786

    /// The longest path `sockaddr_un` holds on every supported system, its NUL not counted.
    private static let longestPath = 103

    /// Whether only programs on this machine reach it.
    package var isLocal: Bool {
        switch self {
        case .tcp(let address, _, _): address.isLoopback
        case .unix: true
        }
    }

    package var isTLS: Bool {
        switch self {
        case .tcp(_, _, let isTLS): isTLS
        case .unix: false
        }
    }

    private static let tlsPrefix = Array("https://".utf8)

    /// Reads `ADDRESS:PORT`, `[IPV6]:PORT`, `unix:/PATH`, and for TLS `https://ADDRESS:PORT`; `localhost:PORT` and a
    /// bare `PORT` mean both loopback addresses.
    package static func parse(_ text: String) throws(ValueProblem) -> [ListenAddress] {
        var bytes = Array(text.utf8)
        let isTLS = bytes.starts(with: tlsPrefix)
        if isTLS { bytes.removeFirst(tlsPrefix.count) }
        if text.utf8.starts(with: "unix:".utf8) { return [try unixSocket(bytes[5...])] }
        let host: ArraySlice<UInt8>
        let digits: ArraySlice<UInt8>
        if let colon = bytes.lastIndex(of: 0x3A) {
            host = bytes[..<colon]
            digits = bytes[(colon + 1)...]
        } else {
            host = bytes[..<0]
            digits = bytes[...]
        }
        guard let port = ASCII.decimal(digits, limit: 65535).map(UInt16.init) else {
            throw ValueProblem(
                "has no port from 0 to 65535", suggestion: "write ADDRESS:PORT, [IPV6]:PORT or unix:/PATH")
        }
        if host.isEmpty || host.elementsEqual("localhost".utf8) {
            guard host.count > 0 || !bytes.contains(0x3A) else {
                throw ValueProblem("has no address before the colon", suggestion: "write 127.0.0.1:\(port)")
            }
            return [.tcp(.loopback4, port: port, isTLS: isTLS), .tcp(.loopback6, port: port, isTLS: isTLS)]
        }
        guard case .address(let address) = try HostName(host) else {
            throw ValueProblem("has a name where an address belongs", suggestion: "write 127.0.0.1:\(port)")
        }
        return [.tcp(address, port: port, isTLS: isTLS)]
    }

    private static func unixSocket(_ path: ArraySlice<UInt8>) throws(ValueProblem) -> ListenAddress {
        guard path.first == 0x2F else {
            throw ValueProblem("has a socket path that is not absolute", suggestion: "write unix:/PATH")
        }
        guard path.count <= longestPath else {
            throw ValueProblem("has a socket path longer than \(longestPath) bytes")
        }
        guard path.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }), path.last != 0x2F else {
            throw ValueProblem("has a socket path that names no file")
        }
        return .unix(path: String(decoding: path, as: UTF8.self))
    }
}

extension ListenAddress: CustomStringConvertible {
    package var description: String {
        switch self {
        case .tcp(let address, let port, let isTLS):
            "\(isTLS ? "https://" : "")\(HostName.address(address)):\(port)"
        case .unix(let path): "unix:\(path)"
        }
    }
}
