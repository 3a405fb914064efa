/// A range of addresses as `allow_from` names it: `10.0.0.0/8`, `fd00::/8`, or one address.
package struct NetworkRange: Hashable, Sendable {
    /// The first one.
    package let address: InternetAddress
    /// How many bits all of them begin with.
    package let length: Int

    /// Reads one. An IPv4-mapped IPv6 range is the IPv4 range it stands for: connections come under the latter.
    init(_ text: String) throws(ValueProblem) {
        let parts = text.utf8.split(separator: 0x2F, maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let address = InternetAddress(first) else {
            throw ValueProblem("is no address and no range of addresses", suggestion: "write it as in 10.0.0.0/8")
        }
        let most = address.bitCount
        var length = most
        if parts.count > 1 {
            guard let given = ASCII.decimal(parts[1], limit: most) else {
                throw ValueProblem("has no length of prefix from 0 to \(most)", suggestion: "write it as in 10.0.0.0/8")
            }
            length = given
        }
        let masked = address.masked(to: length)
        guard masked == address else {
            throw ValueProblem("has bits set behind its prefix", suggestion: "write \(masked)/\(length)")
        }
        if case .v6(high: 0, let low) = address, low >> 32 == 0xFFFF, length >= 96 {
            self.address = .v4(UInt32(truncatingIfNeeded: low))
            self.length = length - 96
        } else {
            self.address = address
            self.length = length
        }
    }
}

extension NetworkRange {
    func contains(_ other: InternetAddress) -> Bool {
        switch (address, other) {
        case (.v4, .v4), (.v6, .v6): other.masked(to: length) == address
        case (.v4, .v6), (.v6, .v4): false
        }
    }
}

extension InternetAddress {
    fileprivate var bitCount: Int {
        switch self {
        case .v4: 32
        case .v6: 128
        }
    }

    /// With all bits but the first `length` cleared.
    fileprivate func masked(to length: Int) -> InternetAddress {
        switch self {
        case .v4(let address):
            .v4(address & UInt32(truncatingIfNeeded: Self.mask(length + 32)))
        case .v6(let high, let low):
            .v6(high: high & Self.mask(length), low: low & Self.mask(length - 64))
        }
    }

    /// The first `length` bits of 64.
    private static func mask(_ length: Int) -> UInt64 {
        if length <= 0 { return 0 }
        return length >= 64 ? .max : .max << UInt64(64 - length)
    }
}
