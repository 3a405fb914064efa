internal import COpenSSL

/// One TLS connection over a socket that somebody else owns.
///
/// The order of calls is libssl's: `handshake` until it is `done`, then `read` and `write` as the socket
/// allows, then `shutdown` once, and never after a fatal error. A call that came back with `wantsRead` or
/// `wantsWrite` is repeated with the same bytes when the socket is ready for that, whatever was being
/// done: a read may have to write, and the other way round.
@safe
package struct TLSSession: ~Copyable {
    private let ssl: OpaquePointer
    /// Lives as long as ``ssl``, which frees it.
    private let socket: UnsafeMutablePointer<cartouche_socket>
    private var isBroken = false
    private let sessions: TLSSessionCache?

    package enum Progress: Equatable {
        case done
        case wantsRead
        case wantsWrite
        case failed(TLSError)
    }

    package enum Transfer: Equatable {
        case bytes(Int)
        case wantsRead
        case wantsWrite
        /// The peer said `close_notify`: a true end.
        case ended
        case failed(TLSError)
        /// The socket failed underneath; `errno` says how.
        case socketFailed(Int32)
    }

    /// A client's side: checks that the certificate is `host`'s.
    ///
    /// - Parameter sessions: where sessions to resume are found and left; of the thread that uses this.
    package init(
        client context: TLSContext, descriptor: Int32, host: String, isAddress: Bool, sessions: TLSSessionCache?
    ) throws(TLSError) {
        guard let ssl = unsafe SSL_new(context.context) else { throw .outOfMemory }
        var socket: UnsafeMutablePointer<cartouche_socket>?
        guard unsafe Self.expect(host, isAddress: isAddress, of: ssl),
            unsafe cartouche_ssl_set_socket(ssl, SocketMethod.shared.pointer, descriptor, &socket) == 1,
            let socket = unsafe socket
        else {
            unsafe SSL_free(ssl)
            throw .outOfMemory
        }
        if let sessions {
            // Unretained: this value holds the cache for as long as the connection lives.
            unsafe SSL_set_ex_data(ssl, 0, Unmanaged.passUnretained(sessions).toOpaque())
            unsafe sessions.offer(to: ssl)
        }
        unsafe SSL_set_connect_state(ssl)
        unsafe self.ssl = ssl
        unsafe self.socket = socket
        self.sessions = sessions
    }

    /// A server's side.
    package init(server context: TLSContext, descriptor: Int32) throws(TLSError) {
        guard let ssl = unsafe SSL_new(context.context) else { throw .outOfMemory }
        var socket: UnsafeMutablePointer<cartouche_socket>?
        guard unsafe cartouche_ssl_set_socket(ssl, SocketMethod.shared.pointer, descriptor, &socket) == 1,
            let socket = unsafe socket
        else {
            unsafe SSL_free(ssl)
            throw .outOfMemory
        }
        unsafe SSL_set_accept_state(ssl)
        unsafe self.ssl = ssl
        unsafe self.socket = socket
        self.sessions = nil
    }

    /// Sets the name that verification will insist on: without one it would accept any trusted certificate.
    private static func expect(_ host: String, isAddress: Bool, of ssl: OpaquePointer) -> Bool {
        if isAddress {
            guard let parameters = unsafe SSL_get0_param(ssl) else { return false }
            return unsafe X509_VERIFY_PARAM_set1_ip_asc(parameters, host) == 1
        }
        // SNI carries names only, never addresses (RFC 6066 §3).
        return unsafe SSL_set1_host(ssl, host) == 1 && cartouche_ssl_set_sni(ssl, host) == 1
    }

    deinit { unsafe SSL_free(ssl) }

    package mutating func handshake() -> Progress {
        Self.forgetErrors()
        let result = unsafe SSL_do_handshake(ssl)
        if result == 1 { return .done }
        switch outcome(of: result) {
        case .wantsRead: return .wantsRead
        case .wantsWrite: return .wantsWrite
        case .bytes, .ended: return .failed(.protocolViolated)
        case .socketFailed: return .failed(.truncated)
        case .failed(let error):
            return .failed(TLSError.ofVerification(unsafe SSL_get_verify_result(ssl)) ?? error)
        }
    }

    /// Whether the handshake resumed an earlier session instead of exchanging certificates.
    package var isResumed: Bool { unsafe SSL_session_reused(ssl) == 1 }

    /// The cipher suite agreed on; nil before the handshake is done.
    package var suite: String? {
        guard let suite = unsafe SSL_get_current_cipher(ssl) else { return nil }
        return unsafe String(cString: SSL_CIPHER_get_name(suite))
    }

    /// The subject of the certificate that the peer has shown and that was verified (RFC 4514); nil without one.
    package mutating func peerSubject() -> String? {
        guard let certificate = unsafe SSL_get0_peer_certificate(ssl), let output = unsafe BIO_new(BIO_s_mem()) else {
            return nil
        }
        defer { unsafe BIO_free(output) }
        guard unsafe X509_NAME_print_ex(output, X509_get_subject_name(certificate), 0, cartouche_plain_name) >= 0 else {
            return nil
        }
        var text: UnsafeMutablePointer<CChar>?
        let count = unsafe cartouche_bio_memory(output, &text)
        let bytes = unsafe UnsafeRawBufferPointer(start: text, count: min(max(count, 0), Self.longestSubject))
        return unsafe String(decoding: bytes, as: UTF8.self)
    }

    /// What is told of a subject at the most, in bytes.
    private static let longestSubject = 256

    /// A stale error in the thread's queue would make SSL_get_error lie. Looking first is four times as cheap as clearing.
    private static func forgetErrors() { if ERR_peek_error() != 0 { ERR_clear_error() } }

    /// Reads at most `buffer.count` decrypted bytes into `buffer`.
    package mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> Transfer {
        Self.forgetErrors()
        let result = unsafe SSL_read(ssl, buffer.baseAddress, Int32(clamping: buffer.count))
        return result > 0 ? .bytes(Int(result)) : outcome(of: result)
    }

    /// Writes a part or all of `buffer`; an empty buffer must not be given (libssl's behaviour is undefined).
    package mutating func write(_ buffer: UnsafeRawBufferPointer) -> Transfer {
        Self.forgetErrors()
        // One record is written at a time. The kernel may wait for the next to fill its packet.
        unsafe socket.pointee.is_more_coming = buffer.count > Self.recordSize ? 1 : 0
        let result = unsafe SSL_write(ssl, buffer.baseAddress, Int32(clamping: buffer.count))
        return result > 0 ? .bytes(Int(result)) : outcome(of: result)
    }

    /// Whether the last read from the socket took all that the kernel had.
    package mutating func isSocketDrained() -> Bool { unsafe socket.pointee.is_drained != 0 }

    /// Whether decrypted bytes wait inside: the socket's readiness then says nothing about them.
    package mutating func hasPending() -> Bool { unsafe SSL_has_pending(ssl) == 1 }

    /// The most that a record carries (RFC 8446 §5.1), in bytes.
    private static let recordSize = 16 << 10

    /// Says `close_notify`, once, if the connection is sound; does not wait for the peer's.
    package mutating func shutdown() {
        guard !isBroken, unsafe SSL_is_init_finished(ssl) == 1 else { return }
        ERR_clear_error()
        unsafe socket.pointee.is_more_coming = 0
        _ = unsafe SSL_shutdown(ssl)
        ERR_clear_error()
        isBroken = true
    }

    private mutating func outcome(of result: Int32) -> Transfer {
        switch unsafe SSL_get_error(ssl, result) {
        case SSL_ERROR_WANT_READ: return .wantsRead
        case SSL_ERROR_WANT_WRITE: return .wantsWrite
        case SSL_ERROR_ZERO_RETURN: return .ended
        case SSL_ERROR_SYSCALL:
            let number = systemErrorNumber()
            isBroken = true
            return number == 0 ? .failed(.truncated) : .socketFailed(number)
        default:
            isBroken = true
            defer { ERR_clear_error() }
            return .failed(.fromErrorQueue())
        }
    }

    /// libssl hands us a session that may be resumed; 1 says that we keep the reference.
    static func keepSession(_ ssl: OpaquePointer?, _ session: OpaquePointer?) -> Int32 {
        guard let ssl = unsafe ssl, let session = unsafe session, let data = unsafe SSL_get_ex_data(ssl, 0) else {
            return 0
        }
        let cache = unsafe Unmanaged<TLSSessionCache>.fromOpaque(data).takeUnretainedValue()
        unsafe cache.keep(session)
        return 1
    }
}
