/// How connections to upstreams and to the authorization server leave.
package struct EgressSettings: Sendable {
    /// Nil: directly, all of them.
    package let proxy: EgressProxyURL?
    /// Those that leave directly all the same.
    package let direct: [DirectHost]

    /// The proxy for connections to that host; nil where they leave directly. What stays on this machine always does:
    /// plain HTTP is allowed there only, and a proxy elsewhere would take it for its own machine.
    package func proxy(for host: HostName, port: UInt16) -> EgressProxyURL? {
        guard let proxy, !host.isLoopback, !direct.contains(where: { $0.covers(host, port: port) }) else { return nil }
        return proxy
    }
}
