/// Takes connections from a listener on behalf of one event loop.
package final class Acceptor: EventHandler {
    package let listener: Listener
    private unowned let loop: EventLoop
    private var registration: Registration?
    private var isPaused = false
    private let accepted: (Int32, SocketAddress?) -> Void

    /// Taken in one round at the most, so that connections already open get their turn.
    private static let burst = 64

    /// Rounds in a row in which connections were waiting, until one is asked for that is not there.
    private var busyRounds = 0
    private var lastRound: UInt64 = 0

    /// With so many ``busyRounds`` there are more than come in a round, and ever more are taken at a time. Not before:
    /// to ask for one that is not there is dear, for the kernel makes the file for it first (with a connection for each
    /// request, 2 of 36 µs).
    private static let patience = 16

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
        busyRounds = loop.round == lastRound &+ 1 ? busyRounds &+ 1 : 0
        lastRound = loop.round
        let excess = busyRounds &- Self.patience
        let count = excess > 0 ? min(1 &<< min(excess, 6), Self.burst) : 1
        for _ in 0..<count {
            switch listener.accept() {
            case .connection(let descriptor, let peer):
                accepted(descriptor, peer)
                if isPaused { return }
            case .none:
                busyRounds = 0
                return
            case .exhausted(let error):
                loop.tell(KernelRefusal(kind: .accepting, error: error))
                return suspend()
            }
        }
    }

    /// Takes all that wait, at the end: they may have asked already, and closing the listener would cut them off.
    package func takeWaiting() {
        guard registration != nil else { return }
        for _ in 0..<Listener.backlog {
            guard case .connection(let descriptor, let peer) = listener.accept() else { return }
            accepted(descriptor, peer)
            if isPaused { return }
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
