import Wire

/// A name requests may be addressed to, beside the loopback names, which always are served.
///
/// Names are compared as they are written, never resolved: what a name resolves to is in the hands of
/// whoever owns it, and that is how a web page gets to a local port (DNS rebinding).
package struct ServedName: Hashable, Sendable {
    package enum Port: Hashable, Sendable {
        /// The one the listener has, or none.
        case ofListener
        case exactly(UInt16)
        /// The default of a scheme: none, or that number.
        case defaulted(UInt16)
    }

    /// Lower-case; an IPv6 address with its brackets.
    let name: [UInt8]
    let port: Port

    /// Reads one entry of `server_names`: `proxy.example.com` or `proxy.example.com:8443`.
    package static func parse(_ text: String) throws(AdmissionError) -> ServedName {
        var bytes = Array(text.utf8)
        guard bytes.allSatisfy({ $0 < 0x80 }) else { throw .notASCII }
        for index in bytes.indices { bytes[index] = ByteComparison.lowercased(bytes[index]) }
        guard let authority = CanonicalAuthority(bytes.span, in: 0..<bytes.count),
            authority.isPlainLowercase(bytes.span)
        else { throw .nameMalformed }
        return ServedName(
            name: Array(bytes[authority.host]), port: authority.port.map { .exactly($0) } ?? .ofListener)
    }

    /// The name in `public_url`.
    package static func of(_ publicOrigin: OriginPattern) -> ServedName {
        let port: Port =
            switch publicOrigin.port {
            case .exactly(let number): .exactly(number)
            case .absent, .any: .defaulted(OriginPattern.defaultPort(of: publicOrigin.scheme) ?? 80)
            }
        return ServedName(name: publicOrigin.host, port: port)
    }

    func matches(_ authority: CanonicalAuthority, in bytes: Span<UInt8>, at listener: Listener) -> Bool {
        guard ByteComparison.equalIgnoringCase(bytes.extracting(authority.host), name.span) else { return false }
        return switch port {
        case .ofListener: authority.port == nil || authority.port == listener.port
        case .exactly(let number): authority.port == number
        case .defaulted(let number): authority.port == nil || authority.port == number
        }
    }
}
