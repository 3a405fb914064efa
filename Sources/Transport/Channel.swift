internal import CSystem
import TLS

/// A connected socket, plain or under TLS, and the one place that closes it.
package struct Channel: ~Copyable {
    package let descriptor: Int32
    private var session: TLSSession?
    /// A TLS read that waits for writability, or a write that waits for readability.
    package private(set) var isCrossed = false

    /// Whether the last read left nothing in the kernel; if not, no new readiness will be reported for it.
    package private(set) var isDrained = false

    /// Whether the peer's end was reported, and so lies behind whatever is still to be read.
    package private(set) var isEndNear = false

    package enum Outcome: Equatable {
        case bytes(Int)
        /// Not now; readiness will be reported.
        case blocked
        /// The peer ended its direction properly.
        case ended
        case failed(ChannelError)
    }

    /// Takes over an open descriptor.
    package init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    package var isSecure: Bool { session != nil }

    /// From here on the bytes go through TLS.
    package mutating func secure(client context: TLSContext, host: String, isAddress: Bool, sessions: TLSSessionCache?)
        throws(TLSError)
    {
        session = try TLSSession(
            client: context, descriptor: descriptor, host: host, isAddress: isAddress, sessions: sessions)
    }

    package mutating func secure(server context: TLSContext) throws(TLSError) {
        session = try TLSSession(server: context, descriptor: descriptor)
    }

    /// Lets go of a session whose handshake failed: what is written from here on goes in the clear.
    package mutating func abandonTLS() { session = nil }

    /// The subject of the peer's verified certificate, where it has shown one.
    package mutating func peerSubject() -> String? { session?.peerSubject() }

    /// One step of the TLS handshake; `.bytes(0)` when it is done.
    package mutating func handshake() -> Outcome {
        switch session?.handshake() {
        case nil, .done: .bytes(0)
        case .wantsRead, .wantsWrite: .blocked
        case .failed(let error): .failed(.tls(error))
        }
    }

    /// Takes note of what the poller reported.
    ///
    /// An end that is reported together with the last bytes has no edge of its own: after reading those, one must
    /// read on, or wait for it forever.
    package mutating func note(_ readiness: Readiness) {
        if !readiness.isDisjoint(with: [.peerFinished, .hungUp]) { isEndNear = true }
    }

    /// Reads once into `buffer`.
    package mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> Outcome {
        guard unsafe !buffer.isEmpty else { return .bytes(0) }
        isDrained = false
        if session != nil {
            isCrossed = false
            switch unsafe session!.read(into: buffer) {
            case .bytes(let count):
                // What libssl holds is not in the kernel, and no edge tells of it.
                isDrained = !isEndNear && session!.isSocketDrained() && !session!.hasPending()
                return .bytes(count)
            case .wantsRead:
                isDrained = true
                return .blocked
            case .wantsWrite:
                isDrained = true
                isCrossed = true
                return .blocked
            case .ended: return .ended
            case .failed(let error): return .failed(.tls(error))
            case .socketFailed(let number): return .failed(.system(SystemError(number: number)))
            }
        }
        while true {
            let count = unsafe recv(descriptor, buffer.baseAddress, buffer.count, 0)
            // epoll(7): a stream that gave less than was asked for has no more, and the next edge will tell.
            isDrained = count < buffer.count && !(count > 0 && isEndNear)
            if count > 0 { return .bytes(count) }
            if count == 0 { return .ended }
            if let outcome = Self.failure() { return outcome }
        }
    }

    /// Writes a part or all of `bytes`.
    ///
    /// - Parameter endFollows: whether the caller ends its direction or closes right behind this. In the clear the bytes
    ///   and the end then share a packet, which saves both sides one; what that is worth is not measured.
    package mutating func write(_ bytes: UnsafeRawBufferPointer, endFollows: Bool = false) -> Outcome {
        guard unsafe !bytes.isEmpty else { return .bytes(0) }
        if session != nil {
            switch unsafe session!.write(bytes) {
            case .bytes(let count): return .bytes(count)
            case .wantsWrite: return .blocked
            case .wantsRead:
                isCrossed = true
                return .blocked
            case .ended: return .failed(.system(.connectionReset))
            case .failed(let error): return .failed(.tls(error))
            case .socketFailed(let number): return .failed(.system(SystemError(number: number)))
            }
        }
        while true {
            let count = unsafe cartouche_send(descriptor, bytes.baseAddress, bytes.count, endFollows ? 1 : 0)
            if count >= 0 { return .bytes(count) }
            if let outcome = Self.failure() { return outcome }
        }
    }

    /// Writes `first` and then `second` in one call where the kernel can. `endFollows` as above.
    package mutating func write(
        _ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer, endFollows: Bool = false
    ) -> Outcome {
        if unsafe session != nil || first.isEmpty || second.isEmpty {
            return unsafe first.isEmpty ? write(second) : write(first)
        }
        while true {
            let count = unsafe cartouche_send_two(
                descriptor, first.baseAddress, first.count, second.baseAddress, second.count, endFollows ? 1 : 0)
            if count >= 0 { return .bytes(count) }
            if let outcome = Self.failure() { return outcome }
        }
    }

    /// Says to the peer that no more will come: TLS's close_notify where there is one, then FIN.
    package mutating func finishWriting() {
        session?.shutdown()
        _ = shutdown(descriptor, Int32(SHUT_WR))
    }

    /// All bytes the peer has acknowledged, TLS's own included; 0 where the kernel does not tell.
    package var acknowledged: UInt64 { cartouche_acknowledged(descriptor) }

    /// How many bytes the peer said last that it has room for; nil where the kernel does not tell.
    package var peerWindow: Int? {
        let window = cartouche_peer_window(descriptor)
        return window < 0 ? nil : Int(window)
    }

    /// Lets the kernel take no more than so many bytes beyond what the peer has room for; 0: what its buffers hold.
    package func limitUnsent(_ bytes: Int32) { cartouche_limit_unsent(descriptor, bytes) }

    /// Whether bytes of the peer's wait in the kernel: closing now would destroy what is on its way to the peer.
    package var hasUnread: Bool { cartouche_has_unread(descriptor) != 0 }

    /// Our end's address.
    package var localAddress: SocketAddress? { SocketAddress.ofSocket(descriptor) }

    /// Makes closing send a reset: a close-delimited answer that was cut must not look complete.
    package mutating func resetOnClose() {
        var setting = linger(l_onoff: 1, l_linger: 0)
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &setting, socklen_t(MemoryLayout<linger>.size))
    }

    /// TLS's farewell before the descriptor is closed.
    package mutating func sayGoodbye() { session?.shutdown() }

    /// Whether decrypted bytes wait inside, which readiness does not tell.
    package mutating func hasPending() -> Bool { session?.hasPending() ?? false }

    /// nil: interrupted, try again.
    private static func failure() -> Outcome? {
        let error = SystemError.last
        switch error.number {
        case EINTR: return nil
        case EAGAIN, EWOULDBLOCK: return .blocked
        default: return .failed(.system(error))
        }
    }
}

/// Why a connection cannot go on.
package enum ChannelError: Error, Equatable, Sendable {
    case system(SystemError)
    case tls(TLSError)

    package var explanation: String {
        switch self {
        case .system(let error): error.explanation
        case .tls(let error): error.explanation
        }
    }
}
