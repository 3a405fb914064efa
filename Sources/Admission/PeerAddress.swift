/// The address of a client: 128 bits, an IPv4 address as its IPv4-mapped form (RFC 4291 §2.5.5.2), so that however a
/// socket spells an address, it is one value.
package struct PeerAddress: Hashable, Sendable {
    let high: UInt64
    let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    package init(ipv4 address: UInt32) { self.init(high: 0, low: Self.mapped | UInt64(address)) }

    private static let mapped: UInt64 = 0xFFFF << 32

    var isIPv4: Bool { high == 0 && low >> 32 == 0xFFFF }

    /// Who is counted as one: an IPv6 host has 2^64 addresses of its own to choose from (RFC 4291 §2.5.4).
    package var host: PeerAddress { isIPv4 ? self : PeerAddress(high: high, low: 0) }
}

extension PeerAddress: CustomStringConvertible {
    /// As `allow_from` takes it. Groups of zeros are written out: it has to be right, not short.
    package var description: String {
        if isIPv4 { return [24, 16, 8, 0].map { String(low >> $0 & 0xFF) }.joined(separator: ".") }
        return [high, low].flatMap { half in [48, 32, 16, 0].map { String(half >> UInt64($0) & 0xFFFF, radix: 16) } }
            .joined(separator: ":")
    }
}
