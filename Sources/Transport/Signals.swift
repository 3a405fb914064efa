internal import CSystem
internal import Dispatch

/// The signals the program answers to, delivered on a queue instead of in a handler.
package final class Signals: Sendable {
    package enum Signal: Sendable, CaseIterable {
        case terminate
        case interrupt
        case hangUp
        /// To hand over to a new process.
        case upgrade

        var number: Int32 {
            switch self {
            case .terminate: SIGTERM
            case .interrupt: SIGINT
            case .hangUp: SIGHUP
            case .upgrade: SIGUSR2
            }
        }
    }

    // libdispatch's objects may be used from any thread; the protocol does not say so.
    private nonisolated(unsafe) let sources: [any DispatchSourceSignal]

    /// Writing to a connection whose peer has gone must be an error of that connection, not the end of the process.
    package static func ignoreBrokenPipes() { cartouche_ignore_signal(SIGPIPE) }

    /// Besides, SIGUSR1 is ignored: others reopen their logs on it, and ours is standard error.
    package init(_ signals: [Signal], received: @escaping @Sendable (Signal) -> Void) {
        cartouche_ignore_signal(SIGUSR1)
        let queue = DispatchQueue(label: "cartouche.signals")
        unsafe sources = signals.map { kind in
            cartouche_ignore_signal(kind.number)
            let source = DispatchSource.makeSignalSource(signal: kind.number, queue: queue)
            source.setEventHandler { received(kind) }
            source.activate()
            return source
        }
    }
}
