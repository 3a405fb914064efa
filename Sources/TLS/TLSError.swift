internal import COpenSSL

/// Why a TLS handshake or connection failed; each case names the rule that was broken.
package enum TLSError: Error, Equatable, Sendable {
    case certificateExpired
    case certificateNotYetValid
    case certificateNameMismatch
    case certificateAuthorityUnknown
    case certificateSelfSigned
    case certificateChainIncomplete
    case certificatePurposeWrong
    case certificateWeak
    case certificateRevoked
    /// Another verification failure, by OpenSSL's `X509_V_ERR_…` number.
    case certificateRefused(code: Int)
    /// No protocol version or cipher in common, or what the peer offered is too weak.
    case handshakeRefused
    /// The peer does not speak TLS on this port.
    case notTLS
    /// The peer sent a request in plain HTTP.
    case plainHTTP
    /// The peer sent a fatal alert, with its number (RFC 8446 §6).
    case alertReceived(Int)
    /// The connection ended without `close_notify`: what was received may be cut short.
    case truncated
    /// A record or message broke the protocol.
    case protocolViolated
    case caFileUnreadable
    case keyUnusable
    /// A certificate with these names or dates cannot be made.
    case certificateUnissuable
    case outOfMemory

    /// A fixed sentence; nothing of the peer's bytes is in it.
    package var explanation: String {
        switch self {
        case .certificateExpired: "the server's certificate has expired"
        case .certificateNotYetValid: "the server's certificate is not valid yet (is this machine's clock right?)"
        case .certificateNameMismatch: "the server's certificate is for another name"
        case .certificateAuthorityUnknown: "the server's certificate is from an authority that is not trusted here"
        case .certificateSelfSigned: "the server's certificate is self-signed and not trusted here"
        case .certificateChainIncomplete: "the server did not send the certificates that link it to a trusted authority"
        case .certificatePurposeWrong: "the server's certificate, or its issuer, may not be used for this purpose"
        case .certificateWeak: "the server's certificate uses a key or signature that is too weak"
        case .certificateRevoked: "the server's certificate was revoked"
        case .certificateRefused(let code): "the server's certificate was refused (X509 error \(code))"
        case .handshakeRefused: "no TLS version and cipher that both sides accept (TLS 1.2 is the least)"
        case .notTLS: "the server does not speak TLS on this port"
        case .plainHTTP: "the client speaks plain HTTP on a port for TLS"
        case .alertReceived(let number): "the server ended the TLS connection with alert \(number)"
        case .truncated: "the connection was cut without a TLS close_notify"
        case .protocolViolated: "the TLS protocol was violated"
        case .caFileUnreadable: "the CA file holds no certificate that can be read"
        case .keyUnusable: "the certificate or its key cannot be used"
        case .certificateUnissuable: "a certificate with these names or dates cannot be made"
        case .outOfMemory: "libssl could not allocate"
        }
    }

    static func ofVerification(_ code: Int) -> TLSError? {
        switch Int32(truncatingIfNeeded: code) {
        case X509_V_OK: nil
        case X509_V_ERR_CERT_HAS_EXPIRED: .certificateExpired
        case X509_V_ERR_CERT_NOT_YET_VALID: .certificateNotYetValid
        case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH: .certificateNameMismatch
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT: .certificateSelfSigned
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN: .certificateAuthorityUnknown
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
            .certificateAuthorityUnknown
        case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE: .certificateChainIncomplete
        case X509_V_ERR_INVALID_PURPOSE, X509_V_ERR_INVALID_CA, X509_V_ERR_PATH_LENGTH_EXCEEDED,
            X509_V_ERR_KEYUSAGE_NO_CERTSIGN:
            .certificatePurposeWrong
        case X509_V_ERR_EE_KEY_TOO_SMALL, X509_V_ERR_CA_KEY_TOO_SMALL, X509_V_ERR_CA_MD_TOO_WEAK: .certificateWeak
        case X509_V_ERR_CERT_REVOKED: .certificateRevoked
        default: .certificateRefused(code: code)
        }
    }

    /// Reads the thread's error queue; to be called on the thread of the failed call, right after it.
    static func fromErrorQueue() -> TLSError {
        let code = ERR_peek_last_error()
        guard code != 0, cartouche_error_library(code) == cartouche_library_ssl() else { return .protocolViolated }
        let reason = cartouche_error_reason(code)
        switch reason {
        case SSL_R_UNEXPECTED_EOF_WHILE_READING: return .truncated
        case SSL_R_WRONG_VERSION_NUMBER, SSL_R_PACKET_LENGTH_TOO_LONG: return .notTLS
        case SSL_R_HTTP_REQUEST: return .plainHTTP
        case SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_NO_SHARED_CIPHER, SSL_R_NO_PROTOCOLS_AVAILABLE,
            SSL_R_WRONG_CIPHER_RETURNED, SSL_R_DH_KEY_TOO_SMALL, SSL_R_UNKNOWN_PROTOCOL, SSL_R_TLSV1_ALERT_PROTOCOL_VERSION,
            SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE:
            return .handshakeRefused
        case SSL_R_EE_KEY_TOO_SMALL, SSL_R_CA_KEY_TOO_SMALL, SSL_R_CA_MD_TOO_WEAK: return .certificateWeak
        // Alerts a peer sends come as 1000 + their number.
        case 1000...1255: return .alertReceived(Int(reason) - 1000)
        default: return .protocolViolated
        }
    }
}
