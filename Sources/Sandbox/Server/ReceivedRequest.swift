/// A request that has come in whole, with what its answer's framing depends on.
package struct ReceivedRequest {
    package var request: SandboxRequest
    /// RFC 9110 §9.3.2: the answer to HEAD has a head only.
    package var isHead: Bool
    /// HTTP/1.0 knows no chunked coding (RFC 9112 §6.1).
    package var isHTTP10: Bool
    /// Whether the client will send another one behind it.
    package var keepsConnection: Bool
}
