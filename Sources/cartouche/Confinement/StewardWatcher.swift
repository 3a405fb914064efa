import Confinement
import Dispatch

/// Notices that the steward has ended, which it never does by itself.
final class StewardWatcher: Sendable {
    // libdispatch's objects may be used from any thread; the protocol does not say so.
    private nonisolated(unsafe) let source: any DispatchSourceRead

    init(_ steward: StewardClient, ended: @escaping @Sendable () -> Void) {
        unsafe source = DispatchSource.makeReadSource(fileDescriptor: steward.life, queue: .global(qos: .utility))
        unsafe source.setEventHandler { [weak self] in
            self?.stop()
            steward.awaitEnd()
            ended()
        }
        // The descriptor must stay open as long as it is watched.
        unsafe source.setCancelHandler { _ = steward }
        unsafe source.activate()
    }

    deinit { unsafe source.cancel() }

    private func stop() { unsafe source.cancel() }
}
