internal import COpenSSL

/// How libssl reaches our sockets. One table of functions for the life of the program; it is never changed, and
/// libssl shares it between threads.
@safe
final class SocketMethod: Sendable {
    static let shared = SocketMethod()

    nonisolated(unsafe) let pointer: OpaquePointer?

    private init() { unsafe pointer = cartouche_bio_method() }
}
