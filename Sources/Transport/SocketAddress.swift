internal import CSystem

/// Where a socket is, or leads: an address with its port, or a path.
package enum SocketAddress: Hashable, Sendable {
    /// The address's four bytes as a number, most significant first.
    case ipv4(UInt32, port: UInt16)
    case ipv6(high: UInt64, low: UInt64, scope: UInt32, port: UInt16)
    case unix(path: String)

    /// Parses a numeric address (`127.0.0.1`, `::1`); never asks a resolver.
    package init?(numeric text: String, port: UInt16) {
        // C would stop reading there.
        guard !text.utf8.contains(0) else { return nil }
        var four = in_addr()
        if unsafe inet_pton(AF_INET, text, &four) == 1 {
            self = .ipv4(UInt32(bigEndian: four.s_addr), port: port)
            return
        }
        var six = in6_addr()
        guard unsafe inet_pton(AF_INET6, text, &six) == 1 else { return nil }
        self.init(six, scope: 0, port: port)
    }

    /// The reverse of ``description``; never asks a resolver.
    package init?(shown text: String) {
        if text.hasPrefix("unix:") {
            self = .unix(path: String(text.dropFirst(5)))
            return
        }
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            return nil
        }
        var host = text[..<colon]
        if host.first == "[", host.last == "]" { host = host.dropFirst().dropLast() }
        self.init(numeric: String(host), port: port)
    }

    private init(_ address: in6_addr, scope: UInt32, port: UInt16) {
        let halves = unsafe withUnsafeBytes(of: address) { bytes in
            unsafe (
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
        self = .ipv6(high: halves.0, low: halves.1, scope: scope, port: port)
    }

    /// What the kernel reports; nil for a family that is none of ours.
    init?(_ address: UnsafePointer<sockaddr>, length: socklen_t) {
        switch unsafe Int32(address.pointee.sa_family) {
        case AF_INET where Int(length) >= MemoryLayout<sockaddr_in>.size:
            let four = unsafe UnsafeRawPointer(address).loadUnaligned(as: sockaddr_in.self)
            self = .ipv4(UInt32(bigEndian: four.sin_addr.s_addr), port: UInt16(bigEndian: four.sin_port))
        case AF_INET6 where Int(length) >= MemoryLayout<sockaddr_in6>.size:
            let six = unsafe UnsafeRawPointer(address).loadUnaligned(as: sockaddr_in6.self)
            self.init(six.sin6_addr, scope: six.sin6_scope_id, port: UInt16(bigEndian: six.sin6_port))
        case AF_UNIX: self = .unix(path: "")
        default: return nil
        }
    }

    /// What a socket is bound to; nil for one without an address, and for Unix-domain sockets.
    package static func ofSocket(_ descriptor: Int32) -> SocketAddress? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                guard unsafe getsockname(descriptor, address, &length) == 0 else { return nil }
                guard unsafe Int32(address.pointee.sa_family) != AF_UNIX else { return nil }
                return unsafe SocketAddress(address, length: length)
            }
        }
    }

    /// The path of a Unix-domain socket; nil for one without, and in the abstract namespace.
    static func pathOfSocket(_ descriptor: Int32) -> SocketAddress? {
        var address = sockaddr_un()
        var length = socklen_t(MemoryLayout<sockaddr_un>.size)
        let result = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(descriptor, $0, &length)
            }
        }
        guard result == 0, address.sun_family == sa_family_t(AF_UNIX) else { return nil }
        let path = unsafe withUnsafeBytes(of: &address.sun_path) { unsafe Array($0.prefix { $0 != 0 }) }
        return path.isEmpty ? nil : .unix(path: String(decoding: path, as: UTF8.self))
    }

    var family: Int32 {
        switch self {
        case .ipv4: AF_INET
        case .ipv6: AF_INET6
        case .unix: AF_UNIX
        }
    }

    package var port: UInt16? {
        switch self {
        case .ipv4(_, let port), .ipv6(_, _, _, let port): port
        case .unix: nil
        }
    }

    /// 127.0.0.0/8, ::1, and every path: reachable from this machine only.
    package var isLoopback: Bool {
        switch self {
        case .ipv4(let address, _): address >> 24 == 127
        case .ipv6(let high, let low, _, _): high == 0 && low == 1
        case .unix: true
        }
    }

    /// The longest path a Unix-domain socket can have, in bytes, its terminator not counted.
    package static let longestPath = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1

    /// Lends the form the kernel reads; nil for a path that is too long.
    func withSystemAddress<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result? {
        switch self {
        case .ipv4(let address, let port):
            var four = sockaddr_in()
            four.sin_family = sa_family_t(AF_INET)
            four.sin_port = port.bigEndian
            four.sin_addr.s_addr = address.bigEndian
            return unsafe Self.lend(&four, body)
        case .ipv6(let high, let low, let scope, let port):
            var six = sockaddr_in6()
            six.sin6_family = sa_family_t(AF_INET6)
            six.sin6_port = port.bigEndian
            six.sin6_scope_id = scope
            unsafe withUnsafeMutableBytes(of: &six.sin6_addr) { bytes in
                unsafe bytes.storeBytes(of: high.bigEndian, toByteOffset: 0, as: UInt64.self)
                unsafe bytes.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
            }
            return unsafe Self.lend(&six, body)
        case .unix(let path):
            var local = sockaddr_un()
            local.sun_family = sa_family_t(AF_UNIX)
            let bytes = Array(path.utf8)
            guard bytes.count <= Self.longestPath, !bytes.contains(0) else { return nil }
            unsafe withUnsafeMutableBytes(of: &local.sun_path) { unsafe $0.copyBytes(from: bytes) }
            return unsafe Self.lend(&local, body)
        }
    }

    private static func lend<Form, Result>(
        _ form: inout Form, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        unsafe withUnsafePointer(to: &form) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, socklen_t(MemoryLayout<Form>.size))
            }
        }
    }
}

extension SocketAddress: CustomStringConvertible {
    /// As it stands in a URL: `127.0.0.1:80`, `[::1]:80`, `unix:/run/x`.
    package var description: String {
        switch self {
        case .ipv4(_, let port): "\(host):\(port)"
        case .ipv6(_, _, _, let port): "[\(host)]:\(port)"
        case .unix(let path): "unix:\(path)"
        }
    }

    /// The address alone, without brackets.
    package var host: String {
        if case .unix(let path) = self { return path }
        var text = [UInt8](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let filled = unsafe withSystemAddress { address, length -> Bool in
            unsafe text.withUnsafeMutableBytes { buffer in
                unsafe getnameinfo(
                    address, length, buffer.baseAddress?.assumingMemoryBound(to: CChar.self), socklen_t(buffer.count),
                    nil, 0, NI_NUMERICHOST) == 0
            }
        }
        guard filled == true else { return "?" }
        return String(decoding: text.prefix { $0 != 0 }, as: UTF8.self)
    }
}
