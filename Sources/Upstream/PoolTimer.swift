import Transport

/// Calls when its time has come, for as long as it is held and was not stopped.
final class PoolTimer: EventHandler {
    private unowned let loop: EventLoop
    private var registration: Registration?
    private let due: () -> Void

    init(loop: EventLoop, due: @escaping () -> Void) {
        self.loop = loop
        self.due = due
        registration = loop.registerTimer(self)
    }

    /// - Parameter interval: to the next call, in nanoseconds.
    func set(in interval: Int64) {
        guard let registration else { return }
        loop.setDeadline(registration, in: interval)
    }

    func stop() {
        if let registration { loop.forget(registration) }
        registration = nil
    }

    func becameReady(_ readiness: Readiness) {}
    func deadlinePassed() { due() }
}
