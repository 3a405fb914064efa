import TLS

/// What upstreams are verified by. Made of the same certificates it stays the same, and with it the connections that
/// were opened by it.
struct UpstreamTrust: Sendable {
    let context: TLSContext
    private let authorities: [UInt8]
    private let system: SystemTrust

    /// - Parameter authorities: trusted beside the system's, PEM.
    init(_ authorities: [UInt8]) throws(Stop) {
        self.authorities = authorities
        // Before it is read: a change in between shows at the next look.
        system = SystemTrust.current
        do throws(TLSError) {
            context = try TLSContext.client(trustingSystem: true, authorities: authorities)
        } catch {
            throw Stop(.usage, "upstream_ca_file: \(error.explanation)")
        }
    }

    func renewed(_ authorities: [UInt8]) throws(Stop) -> UpstreamTrust {
        authorities == self.authorities && system == SystemTrust.current ? self : try UpstreamTrust(authorities)
    }
}
