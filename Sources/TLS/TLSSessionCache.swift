internal import COpenSSL

/// The sessions of one upstream that may be resumed, newest first; owned by one event loop.
@safe
package final class TLSSessionCache {
    private var sessions: [OpaquePointer] = unsafe []

    /// TLS 1.3 tickets are best used once (RFC 8446 §C.4), so a few are kept: as many as connections
    /// are commonly opened at one time.
    private static let limit = 8

    package init() {}

    deinit {
        while let session = unsafe sessions.popLast() { unsafe SSL_SESSION_free(session) }
    }

    func keep(_ session: OpaquePointer) {
        if unsafe sessions.count >= Self.limit {
            unsafe SSL_SESSION_free(sessions.removeFirst())
        }
        unsafe sessions.append(session)
    }

    func offer(to ssl: OpaquePointer) {
        guard let session = unsafe sessions.popLast() else { return }
        _ = unsafe SSL_set_session(ssl, session)
        unsafe SSL_SESSION_free(session)
    }
}
