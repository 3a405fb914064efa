internal import CSystem
import TLS

/// One connection, one message, and all that comes back, on the calling thread: for tools that ask one thing after
/// another. Never on an event loop.
package struct BlockingCall {
    package enum Failure: Error, Equatable, Sendable {
        /// Nobody listens there, or not for us.
        case notConnected(SystemError)
        case notSecured(TLSError)
        case timedOut
    }

    /// How to prove who is at the other end.
    package struct Security: Sendable {
        let context: TLSContext
        let host: String
        let isAddress: Bool

        package init(_ context: TLSContext, host: String, isAddress: Bool) {
            self.context = context
            self.host = host
            self.isAddress = isAddress
        }
    }

    private let address: SocketAddress
    private let security: Security?
    private let deadline: Int64
    private let limit: Int

    /// - Parameters:
    ///   - seconds: that all may take.
    ///   - limit: of what is read, in bytes.
    package init(to address: SocketAddress, security: Security? = nil, seconds: Int64, limit: Int = 1 << 20) {
        self.address = address
        self.security = security
        self.limit = limit
        deadline = Clock.bootNanoseconds() &+ seconds &* 1_000_000_000
    }

    /// Sends `bytes` and reads until the other side ends the connection, properly or not.
    package func exchange(_ bytes: [UInt8]) throws(Failure) -> [UInt8] {
        var channel = try connect()
        if let security {
            do {
                try channel.secure(
                    client: security.context, host: security.host, isAddress: security.isAddress, sessions: nil)
            } catch {
                throw .notSecured(error)
            }
            try handshake(&channel)
        }
        try send(bytes, &channel)
        return try receive(&channel)
    }

    /// Whether somebody takes connections there.
    package func isAnswered() -> Bool {
        do throws(Failure) {
            _ = try connect()
            return true
        } catch {
            return false
        }
    }

    private func connect() throws(Failure) -> Channel {
        let descriptor = cartouche_socket(address.family)
        guard descriptor >= 0 else { throw .notConnected(.last) }
        let channel = Channel(descriptor: descriptor)
        let result = unsafe address.withSystemAddress { pointer, length in
            unsafe CSystem.connect(descriptor, pointer, length)
        }
        guard result != 0 else { return channel }
        let error = SystemError.last
        guard error.number == EINPROGRESS else { throw .notConnected(error) }
        try wait(for: descriptor, Int16(POLLOUT))
        var outcome: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        guard unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &outcome, &length) == 0 else {
            throw .notConnected(.last)
        }
        guard outcome == 0 else { throw .notConnected(SystemError(number: outcome)) }
        return channel
    }

    private func handshake(_ channel: inout Channel) throws(Failure) {
        while true {
            switch channel.handshake() {
            case .bytes: return
            case .blocked: try wait(for: channel.descriptor, Int16(POLLIN))
            case .failed(.tls(let error)): throw .notSecured(error)
            case .failed(.system(let error)): throw .notConnected(error)
            case .ended: throw .notSecured(.truncated)
            }
        }
    }

    private func send(_ bytes: [UInt8], _ channel: inout Channel) throws(Failure) {
        var sent = 0
        while sent < bytes.count {
            let outcome = unsafe bytes.withUnsafeBytes { buffer in
                unsafe channel.write(UnsafeRawBufferPointer(rebasing: buffer[sent...]))
            }
            switch outcome {
            case .bytes(let count): sent += count
            case .blocked: try wait(for: channel.descriptor, Int16(POLLOUT))
            // It may have answered before it closed.
            case .ended, .failed: return
            }
        }
    }

    private func receive(_ channel: inout Channel) throws(Failure) -> [UInt8] {
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while received.count < limit {
            switch unsafe buffer.withUnsafeMutableBytes({ unsafe channel.read(into: $0) }) {
            case .bytes(let count): received += buffer[..<count]
            case .blocked: try wait(for: channel.descriptor, Int16(POLLIN))
            case .ended, .failed: return received
            }
        }
        return received
    }

    private func wait(for descriptor: Int32, _ events: Int16) throws(Failure) {
        let left = (deadline &- Clock.bootNanoseconds()) / 1_000_000
        guard left > 0 else { throw .timedOut }
        var entry = pollfd(fd: descriptor, events: events, revents: 0)
        let result = unsafe poll(&entry, 1, Int32(clamping: left))
        guard result != 0 else { throw .timedOut }
    }
}
