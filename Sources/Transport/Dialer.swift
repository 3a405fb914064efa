internal import CSystem

/// Opens one TCP connection to whichever of several addresses answers first (RFC 8305, "happy eyeballs").
///
/// An attempt that has not succeeded within 250 ms no longer keeps the next address waiting; the first
/// that succeeds wins and the others are closed.
package final class Dialer: EventHandler {
    private unowned let loop: EventLoop
    private var remaining: ArraySlice<SocketAddress>
    private var attempts: [Attempt] = []
    private var lastError = SystemError.connectionRefused
    private var timer: Registration?
    private let limit: Int64
    private var done: ((Result<Connected, SystemError>) -> Void)?

    /// RFC 8305 §5: the recommended Connection Attempt Delay, in nanoseconds.
    private static let attemptDelay: Int64 = 250_000_000

    /// After so many seconds a host that acknowledges nothing is taken to be gone, rather than waited for.
    static let silence: Int32 = 20

    package struct Connected {
        /// Owned by whoever receives this.
        package let descriptor: Int32
        package let address: SocketAddress
    }

    /// - Parameters:
    ///   - limit: the deadline for all attempts together (boot clock, nanoseconds).
    ///   - done: called once, never from within this initialiser; not called after ``cancel()``.
    package init(
        loop: EventLoop, addresses: [SocketAddress], limit: Int64,
        done: @escaping (Result<Connected, SystemError>) -> Void
    ) {
        self.loop = loop
        remaining = AddressOrder.interleaved(addresses)[...]
        self.limit = limit
        self.done = done
        let timer = loop.registerTimer(self)
        self.timer = timer
        loop.setDeadline(timer, at: loop.now)
    }

    package func cancel() {
        done = nil
        cleanUp()
    }

    package func becameReady(_ readiness: Readiness) {}

    package func deadlinePassed() {
        if loop.now >= limit {
            lastError = .timedOut
            return finish(nil)
        }
        startNext()
    }

    private func startNext() {
        while let address = remaining.popFirst() {
            if let attempt = Attempt(address: address, dialer: self, loop: loop) {
                attempts.append(attempt)
                break
            }
            lastError = .last
        }
        guard !attempts.isEmpty else { return finish(nil) }
        if let timer {
            let pause = remaining.isEmpty ? limit : min(limit, loop.deadline(in: Self.attemptDelay))
            loop.setDeadline(timer, at: pause)
        }
    }

    fileprivate func attemptEnded(_ attempt: Attempt, error: SystemError?) {
        attempts.removeAll { $0 === attempt }
        guard let error else {
            return finish(Connected(descriptor: attempt.release(), address: attempt.address))
        }
        attempt.abandon()
        lastError = error
        // A failure lets the next address begin at once (RFC 8305 §5).
        if attempts.isEmpty || !remaining.isEmpty { startNext() }
    }

    private func finish(_ connected: Connected?) {
        let done = self.done
        self.done = nil
        cleanUp()
        done?(connected.map(Result.success) ?? .failure(lastError))
    }

    private func cleanUp() {
        for attempt in attempts { attempt.abandon() }
        attempts.removeAll()
        remaining = []
        if let timer { loop.forget(timer) }
        timer = nil
    }
}

/// One `connect` under way.
private final class Attempt: EventHandler {
    let address: SocketAddress
    private unowned let dialer: Dialer
    private unowned let loop: EventLoop
    private let descriptor: Int32
    private var registration: Registration?

    init?(address: SocketAddress, dialer: Dialer, loop: EventLoop) {
        self.address = address
        self.dialer = dialer
        self.loop = loop
        do throws(SystemError) {
            descriptor = try loop.connector.beginToConnect(to: address)
        } catch {
            // Whoever reads it next finds it there.
            cartouche_set_errno(error.number)
            return nil
        }
        guard let registration = try? loop.register(connection: descriptor, self) else {
            close(descriptor)
            return nil
        }
        self.registration = registration
    }

    func becameReady(_ readiness: Readiness) {
        guard !readiness.isDisjoint(with: [.writable, .hungUp]) else { return }
        var error: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        let read = unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &length)
        dialer.attemptEnded(self, error: read == 0 && error == 0 ? nil : SystemError(number: error))
    }

    func deadlinePassed() {}

    /// Hands the descriptor on, no longer watched.
    func release() -> Int32 {
        if let registration { loop.deregister(registration, descriptor: descriptor) }
        registration = nil
        return descriptor
    }

    func abandon() {
        guard let registration else { return }
        loop.forget(registration)
        self.registration = nil
        close(descriptor)
    }
}
