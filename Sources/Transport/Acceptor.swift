/// Takes connections from a listener on behalf of one event loop.
package final class Acceptor: EventHandler {
    package let listener: Listener
    private unowned let loop: EventLoop
    private var registration: Registration?
    private var isPaused = false
    private let accepted: (Int32, SocketAddress?) -> Void

    /// Taken in one round at the most, so that connections already open get their turn.
    private static let burst = 64

    /// The pause after the process ran out of descriptors, in nanoseconds: some connection will have ended by then.
    private static let pause: Int64 = 50_000_000

    /// - Parameter accepted: becomes the owner of the descriptor.
    package init(
        listener: Listener, loop: EventLoop, accepted: @escaping (Int32, SocketAddress?) -> Void
    ) throws(SystemError) {
        self.listener = listener
        self.loop = loop
        self.accepted = accepted
        registration = try loop.register(listener: listener.descriptor, self)
    }

    package func becameReady(_ readiness: Readiness) {
        for _ in 0..<Self.burst {
            switch listener.accept() {
            case .connection(let descriptor, let peer):
                accepted(descriptor, peer)
                if isPaused { return }
            case .none: return
            case .exhausted: return suspend()
            }
        }
    }

    /// The connections stay queued in the kernel; nobody is told anything wrong.
    private func suspend() {
        stop()
        startTimer()
    }

    private func startTimer() {
        let timer = loop.registerTimer(self)
        registration = timer
        loop.setDeadline(timer, at: loop.deadline(in: Self.pause))
    }

    package func deadlinePassed() {
        if let registration { loop.forget(registration) }
        registration = try? loop.register(listener: listener.descriptor, self)
        if registration == nil { startTimer() }
    }

    /// Takes no more until ``resume()``; they wait in the kernel.
    package func pause() {
        guard !isPaused else { return }
        isPaused = true
        stop()
    }

    package func resume() {
        guard isPaused else { return }
        isPaused = false
        deadlinePassed()
    }

    package func stop() {
        if let registration { loop.deregister(registration, descriptor: listener.descriptor) }
        registration = nil
    }
}
