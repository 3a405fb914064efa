internal import CSystem

extension SocketAddress {
    /// The addresses by which other machines reach this one, with that port. Link-local IPv6 ones are left out: who
    /// calls them has to name an interface.
    package static func ofThisMachine(port: UInt16) -> [SocketAddress] {
        var list: UnsafeMutablePointer<ifaddrs>?
        guard unsafe getifaddrs(&list) == 0 else { return [] }
        defer { if let list = unsafe list { unsafe freeifaddrs(list) } }
        var found: [SocketAddress] = []
        var next = unsafe list
        while let entry = unsafe next {
            if let raw = unsafe entry.pointee.ifa_addr, let address = unsafe SocketAddress(interface: raw),
                !address.isLoopback, !address.isLinkLocal, !found.contains(address.with(port: port))
            {
                found.append(address.with(port: port))
            }
            unsafe next = entry.pointee.ifa_next
        }
        return found
    }

    private init?(interface raw: UnsafePointer<sockaddr>) {
        let length: Int
        switch unsafe Int32(raw.pointee.sa_family) {
        case AF_INET: length = MemoryLayout<sockaddr_in>.size
        case AF_INET6: length = MemoryLayout<sockaddr_in6>.size
        default: return nil
        }
        unsafe self.init(raw, length: socklen_t(length))
    }

    private var isLinkLocal: Bool {
        if case .ipv6(let high, _, _, _) = self { return high >> 54 == 0xFE80 >> 6 }
        return false
    }
}
