import Wire

/// An origin whose pages are let in: scheme, host and port as browsers serialise them
/// (RFC 6454 §6.2), compared byte for byte. Only the port may be left open.
package struct OriginPattern: Hashable, Sendable {
    package enum Port: Hashable, Sendable {
        /// None is written: the default of the scheme.
        case absent
        case exactly(UInt16)
        case any
    }

    /// Lower-case.
    let scheme: [UInt8]
    /// Lower-case; an IPv6 address with its brackets.
    let host: [UInt8]
    let port: Port

    /// `http://{localhost,127.0.0.1,[::1]}:*`: pages served on this machine.
    package static let loopback: [OriginPattern] = ["localhost", "127.0.0.1", "[::1]"].map {
        OriginPattern(scheme: Array("http".utf8), host: Array($0.utf8), port: .any)
    }

    func matches(_ origin: SerializedOrigin, in bytes: Span<UInt8>) -> Bool {
        guard ByteComparison.equal(bytes.extracting(origin.scheme), scheme.span),
            ByteComparison.equal(bytes.extracting(origin.host), host.span)
        else { return false }
        return allows(origin.port)
    }

    /// Whether a page loaded from here would have this origin; the letters of a `Host` are of either case.
    func matches(_ own: AddressedOrigin, in bytes: Span<UInt8>) -> Bool {
        ByteComparison.equal(scheme.span, own.isTLS ? "https" : "http")
            && ByteComparison.equalIgnoringCase(bytes.extracting(own.host), host.span)
            && allows(own.port)
    }

    private func allows(_ other: UInt16?) -> Bool {
        switch port {
        case .absent: other == nil
        case .exactly(let number): other == number
        case .any: true
        }
    }
}
