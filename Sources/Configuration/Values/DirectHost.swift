/// Hosts that are connected to directly although there is an egress proxy: an element of `no_proxy`.
///
/// `NO_PROXY` has no standard; what is read here is what curl and Go agree on, and where they do not, what Go does:
///
/// | element | hosts |
/// |---|---|
/// | `*` | all |
/// | `example.com` | that one and all below it |
/// | `.example.com`, `*.example.com` | all below it |
/// | `192.0.2.7`, `2001:db8::1`, `[2001:db8::1]` | that address, where a URL has it as such |
/// | `10.0.0.0/8`, `fd00::/8` | the addresses of that range, likewise |
/// | any of them with `:PORT` | the same on that port only |
package struct DirectHost: Hashable, Sendable {
    private enum Pattern: Hashable {
        case all
        case name(String)
        /// Beginning with a dot.
        case below(String)
        case addresses(NetworkRange)
    }

    private let pattern: Pattern
    private let port: UInt16?

    init(_ text: String) throws(ValueProblem) {
        if text == "*" {
            (pattern, port) = (.all, nil)
            return
        }
        // An address and a range have colons of their own.
        if let range = try? NetworkRange(text) {
            (pattern, port) = (.addresses(range), nil)
            return
        }
        if text.utf8.contains(0x2F) {
            pattern = .addresses(try NetworkRange(text))
            port = nil
            return
        }
        var bytes = Array(text.utf8)[...]
        var isBelow = false
        for prefix in ["*.", "."] where !isBelow && bytes.starts(with: prefix.utf8) {
            bytes = bytes.dropFirst(prefix.utf8.count)
            isBelow = true
        }
        let (host, port) = try BaseURL.hostAndPort(Self.withoutFinalDot(bytes))
        self.port = port
        switch host {
        case .name(let name): pattern = isBelow ? .below("." + name) : .name(name)
        case .address(let address):
            guard !isBelow else { throw ValueProblem("has a dot before an address") }
            pattern = .addresses(try NetworkRange("\(address)"))
        }
    }

    /// `example.com.` is the same name.
    private static func withoutFinalDot(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        bytes.last == 0x2E ? bytes.dropLast() : bytes
    }

    package func covers(_ host: HostName, port: UInt16) -> Bool {
        if let own = self.port, own != port { return false }
        switch (pattern, host) {
        case (.all, _): return true
        case (.name(let name), .name(let host)):
            return host.utf8.elementsEqual(name.utf8) || Self.isBelow(host, ".\(name)")
        case (.below(let suffix), .name(let host)): return Self.isBelow(host, suffix)
        case (.addresses(let range), .address(let address)): return range.contains(address)
        case (.name, .address), (.below, .address), (.addresses, .name): return false
        }
    }

    private static func isBelow(_ host: String, _ suffix: String) -> Bool {
        host.utf8.count > suffix.utf8.count && host.utf8.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
    }
}
