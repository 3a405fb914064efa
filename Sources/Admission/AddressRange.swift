/// The addresses that begin with the same bits (RFC 4632 §3.1, RFC 4291 §2.3).
package struct AddressRange: Hashable, Sendable {
    private let first: PeerAddress
    private let highMask: UInt64
    private let lowMask: UInt64

    /// - Parameter length: of the prefix, in bits of the IPv6 form: 96 more than of an IPv4 one.
    package init(_ address: PeerAddress, length: Int) {
        let length = min(max(length, 0), 128)
        highMask = Self.mask(length)
        lowMask = Self.mask(length - 64)
        first = PeerAddress(high: address.high & highMask, low: address.low & lowMask)
    }

    /// The first bits of 64.
    private static func mask(_ length: Int) -> UInt64 {
        if length <= 0 { return 0 }
        return length >= 64 ? .max : .max << UInt64(64 - length)
    }

    /// An IPv6 range holds no IPv4 address: who writes `::/0` means all of IPv6.
    package func contains(_ address: PeerAddress) -> Bool {
        address.high & highMask == first.high && address.low & lowMask == first.low
            && address.isIPv4 == first.isIPv4
    }
}
