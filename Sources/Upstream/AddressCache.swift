import Transport

/// A name's addresses, kept for a while: `getaddrinfo` does not tell for how long they are good.
struct AddressCache {
    private var addresses: [SocketAddress] = []
    private var expiry = Int64.min

    /// In nanoseconds. Short enough to follow a change of the network, long enough that bursts ask once.
    static let life: Int64 = 30_000_000_000

    mutating func keep(_ addresses: [SocketAddress], until expiry: Int64) {
        self.addresses = addresses
        self.expiry = expiry
    }

    func current(at now: Int64) -> [SocketAddress]? { now < expiry ? addresses : nil }

    mutating func forget() { expiry = .min }
}
