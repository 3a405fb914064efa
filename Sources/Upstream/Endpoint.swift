import TLS

/// Where an upstream answers: what a connection to it is opened and verified with.
package struct Endpoint: Sendable {
    /// A name, or an address without brackets.
    package let host: String
    package let port: UInt16
    /// nil: plain HTTP, which the configuration allows for loopback addresses only.
    package let trust: TLSContext?
    /// Whether ``host`` is a numeric address; its certificate is then checked for that address.
    package let isAddress: Bool
    /// The proxy its connections go through; nil where they leave directly, which what is not under TLS always does.
    package let proxy: EgressProxy?
    /// The value of `Host` for requests to it: the port only where it is not the scheme's own.
    package let authority: [UInt8]

    package init(host: String, port: UInt16, isAddress: Bool, trust: TLSContext?, proxy: EgressProxy? = nil) {
        self.host = host
        self.port = port
        self.isAddress = isAddress
        self.trust = trust
        self.proxy = trust == nil ? nil : proxy
        let shown = isAddress && host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
        let isDefault = port == (trust == nil ? 80 : 443)
        authority = Array((isDefault ? shown : "\(shown):\(port)").utf8)
    }
}

extension Endpoint {
    /// Whom connections to it are opened to.
    var firstHop: (host: String, port: UInt16) { proxy.map { ($0.host, $0.port) } ?? (host, port) }
}

extension Endpoint: Equatable {
    /// Whether connections to one may serve for the other: trust is the same where it is the same context.
    package static func == (one: Endpoint, other: Endpoint) -> Bool {
        one.host == other.host && one.port == other.port && one.isAddress == other.isAddress
            && one.trust === other.trust && one.proxy == other.proxy
    }
}
