internal import Dispatch

/// Lets Dispatch drive one event loop: a serial queue and one source over the poller's descriptor.
///
/// One source for the life of the loop. A source per socket loses events and can crash in libdispatch's
/// own bookkeeping on Linux when sockets come and go; and it costs twice the time per request.
package final class LoopDriver: Sendable {
    private let queue: DispatchQueue
    // libdispatch's objects may be used from any thread; the protocol does not say so.
    private nonisolated(unsafe) let source: any DispatchSourceRead

    /// - Parameter turn: enters the actor that owns the loop and calls ``EventLoop/turn()``.
    package init(executor: LoopExecutor, label: String, turn: @escaping @Sendable () -> Void) {
        queue = DispatchQueue(label: label)
        unsafe source = DispatchSource.makeReadSource(fileDescriptor: executor.poller.descriptor, queue: queue)
        unsafe source.setEventHandler {
            // The handler holds the executor, so the poller outlives the source that watches it.
            executor.withOwnership(turn)
        }
        unsafe source.activate()
    }

    deinit { unsafe source.cancel() }

    /// Whoever waits for the loop from here on waits forever.
    package func cancel() { unsafe source.cancel() }
}
