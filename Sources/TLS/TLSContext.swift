internal import COpenSSL

/// What all connections to one kind of peer share: trust, versions, ciphers, our certificate.
///
/// libssl's `SSL_CTX` is reference counted and safe to share between threads once it is set up, which
/// is why setting up ends in `init`.
@safe
package final class TLSContext: Sendable {
    nonisolated(unsafe) let context: OpaquePointer
    /// What is asked of clients, where this is a listener's.
    package let clients: ClientCertificates

    private init(_ context: OpaquePointer, clients: ClientCertificates = .none) {
        unsafe self.context = context
        self.clients = clients
    }

    deinit { unsafe SSL_CTX_free(context) }

    /// For connections we open: the server's certificate and name are verified, always.
    ///
    /// - Parameters:
    ///   - trustingSystem: whether the system's trust store counts.
    ///   - authorities: further trusted certificates, PEM, any number of them.
    package static func client(trustingSystem: Bool, authorities: [UInt8] = []) throws(TLSError) -> TLSContext {
        let owner = try client(trusting: trustingSystem ? SystemTrust.bundle : nil, authorities: authorities)
        // The certificates of the system's folder libssl finds by their names, when it needs them.
        if trustingSystem { _ = unsafe SSL_CTX_set_default_verify_dir(owner.context) }
        return owner
    }

    package static func client(trusting bundle: TrustBundle?, authorities: [UInt8] = []) throws(TLSError) -> TLSContext {
        guard let context = unsafe SSL_CTX_new(TLS_client_method()) else { throw .outOfMemory }
        let owner = unsafe TLSContext(context)
        unsafe shared(context)
        unsafe SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
        guard unsafe cartouche_ctx_prefer_aes_128(context) == 1 else { throw .outOfMemory }
        unsafe cartouche_ctx_cache_client_sessions(context)
        unsafe SSL_CTX_sess_set_new_cb(context) { ssl, session in
            unsafe TLSSession.keepSession(ssl, session)
        }
        if let bundle { try owner.trust(bundle) }
        if !authorities.isEmpty { try owner.trust(authorities) }
        // A certificate without a subjectAltName names nobody (RFC 9110 §4.3.4), and `f*.example.com`
        // is not a wildcard (RFC 9525 §6.3): OpenSSL's defaults accept both.
        if let parameters = unsafe SSL_CTX_get0_param(context) {
            unsafe X509_VERIFY_PARAM_set_hostflags(
                parameters,
                UInt32(X509_CHECK_FLAG_NEVER_CHECK_SUBJECT) | UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
        }
        // ALPN (RFC 7301): only HTTP/1.1 is spoken; a server that insists on another protocol fails the handshake.
        let protocols: [UInt8] = [8] + Array("http/1.1".utf8)
        unsafe protocols.withUnsafeBufferPointer {
            _ = unsafe SSL_CTX_set_alpn_protos(context, $0.baseAddress, UInt32($0.count))
        }
        return owner
    }

    /// For connections we accept.
    package static func server(
        certificateChain: [UInt8], key: [UInt8], clients: ClientCertificates = .none
    ) throws(TLSError) -> TLSContext {
        guard let context = unsafe SSL_CTX_new(TLS_server_method()) else { throw .outOfMemory }
        let owner = unsafe TLSContext(context, clients: clients)
        unsafe shared(context)
        unsafe SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nil)
        var first = true
        for certificate in try CertificateList(pem: certificateChain).certificates {
            let done =
                first
                ? unsafe SSL_CTX_use_certificate(context, certificate.pointer)
                : Int32(
                    truncatingIfNeeded: unsafe SSL_CTX_ctrl(
                        context, SSL_CTRL_CHAIN_CERT, 1, UnsafeMutableRawPointer(certificate.pointer)))
            guard done == 1 else { throw .keyUnusable }
            first = false
        }
        guard !first, let privateKey = PrivateKey(pem: key),
            unsafe SSL_CTX_use_PrivateKey(context, privateKey.pointer) == 1,
            unsafe SSL_CTX_check_private_key(context) == 1
        else { throw .keyUnusable }
        return owner
    }

    /// Whether clients are to show a certificate.
    package enum ClientCertificates: Equatable, Sendable {
        case none
        /// One that is shown is verified by these authorities, PEM.
        case optional(authorities: [UInt8])
        case required(authorities: [UInt8])
    }

    /// For connections that strangers may open: AEAD with forward secrecy only, HTTP/1.1 only.
    package static func listener(
        certificateChain: [UInt8], key: [UInt8], clients: ClientCertificates
    ) throws(TLSError) -> TLSContext {
        let owner = try server(certificateChain: certificateChain, key: key, clients: clients)
        let context = unsafe owner.context
        // The suites of TLS 1.3 are all of that kind (RFC 8446 §B.4).
        guard unsafe SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20") == 1 else { throw .outOfMemory }
        unsafe cartouche_ctx_take_http_1_1(context)
        // The key of the tickets is the context's: another certificate or authority ends all sessions.
        unsafe cartouche_ctx_keep_no_sessions(context)
        let name = Array("cartouche".utf8)
        unsafe name.withUnsafeBufferPointer {
            _ = unsafe SSL_CTX_set_session_id_context(context, $0.baseAddress, UInt32($0.count))
        }
        switch clients {
        case .none: break
        case .optional(let authorities):
            try owner.demand(authorities, SSL_VERIFY_PEER)
        case .required(let authorities):
            try owner.demand(authorities, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT)
        }
        return owner
    }

    private func demand(_ authorities: [UInt8], _ mode: Int32) throws(TLSError) {
        try trust(authorities)
        unsafe SSL_CTX_set_verify(context, mode, nil)
        // Tells clients with several certificates which to show.
        for certificate in try CertificateList(pem: authorities).certificates {
            _ = unsafe SSL_CTX_add_client_CA(context, certificate.pointer)
        }
    }

    /// Four full records with what encrypting adds to each, and some more: with a buffer smaller by a few bytes, every
    /// other read would find room for half of it only.
    private static let readBufferSize = 68 << 10

    private static func shared(_ context: OpaquePointer) {
        _ = unsafe cartouche_ctx_set_min_tls12(context)
        unsafe cartouche_ctx_set_modes(context)
        unsafe cartouche_ctx_set_options(context)
        unsafe cartouche_ctx_set_read_ahead(context, readBufferSize)
    }

    private func trust(_ bundle: TrustBundle) throws(TLSError) {
        guard let store = unsafe SSL_CTX_get_cert_store(context), unsafe bundle.join(store) else { throw .outOfMemory }
    }

    private func trust(_ pem: [UInt8]) throws(TLSError) {
        guard let store = unsafe SSL_CTX_get_cert_store(context) else { throw .outOfMemory }
        let list = try CertificateList(pem: pem)
        guard !list.certificates.isEmpty else { throw .caFileUnreadable }
        for certificate in list.certificates where unsafe X509_STORE_add_cert(store, certificate.pointer) != 1 {
            throw .caFileUnreadable
        }
    }
}
