import Wire

extension AdmissionRules {
    /// The host and port the request is for, if it is one of those served.
    ///
    /// An absolute target's authority is the one that counts (RFC 9112 §3.2.2), but a `Host` beside it
    /// has to be served as well: nothing that names another server is let through.
    func address(
        of head: borrowing RequestHead, at listener: Listener
    ) throws(Refusal) -> (slice: ByteSlice, own: AddressedOrigin) {
        guard let host = head.host else { throw Refusal(.hostMissing) }
        let hostName = try served(host, of: head, at: listener)
        guard let authority = head.target.authority else {
            return (host, AddressedOrigin(isTLS: listener.isTLS, host: hostName.host, port: hostName.port))
        }
        let targetName = try served(authority, of: head, at: listener)
        if let scheme = head.target.scheme {
            let bytes = head.storage.span.extracting(scheme.range)
            guard ByteComparison.equalIgnoringCase(bytes, listener.isTLS ? "https" : "http") else {
                throw Refusal(.schemeNotServed)
            }
        }
        return (authority, AddressedOrigin(isTLS: listener.isTLS, host: targetName.host, port: targetName.port))
    }

    private func served(
        _ slice: ByteSlice, of head: borrowing RequestHead, at listener: Listener
    ) throws(Refusal) -> CanonicalAuthority {
        let bytes = head.storage.span
        guard let authority = CanonicalAuthority(bytes, in: slice.range) else { throw Refusal(.hostMalformed) }
        if isLoopbackName(bytes.extracting(authority.host)) { return authority }
        for index in servedNames.indices where servedNames[index].matches(authority, in: bytes, at: listener) {
            return authority
        }
        throw Refusal(.hostNotServed, hint: RefusalHint.hostNotServed(authority, in: bytes))
    }

    /// These spellings only. `127.1`, `localhost.`, `0.0.0.0` and `[::ffff:127.0.0.1]` lead here too, but
    /// browsers treat them by other rules, and no client needs them.
    private func isLoopbackName(_ name: Span<UInt8>) -> Bool {
        ByteComparison.equalIgnoringCase(name, "localhost") || ByteComparison.equal(name, "127.0.0.1")
            || ByteComparison.equal(name, "[::1]")
    }
}
