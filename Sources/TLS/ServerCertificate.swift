/// A server's certificate and its private key, PEM both, as ``TLSContext/server(certificateChain:key:)`` takes them.
package struct ServerCertificate: Equatable, Sendable {
    /// The server's own certificate; its issuer is trusted by its clients or not at all, and is not sent
    /// (RFC 8446 §4.4.2).
    package let chain: [UInt8]
    package let key: [UInt8]
}
