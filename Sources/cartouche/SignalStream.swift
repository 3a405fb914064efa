import Transport

/// What the life of the program turns on, as a sequence: the signals it answers to, its successor and its steward.
struct SignalStream {
    enum Event: Sendable {
        case signal(Signals.Signal)
        /// That process serves now, on the same sockets.
        case succeeded(Int32)
        case stewardEnded(Int32)
    }

    let stream: AsyncStream<Event>
    private let continuation: AsyncStream<Event>.Continuation
    private let signals: Signals

    init() {
        let (stream, continuation) = AsyncStream<Event>.makeStream()
        self.stream = stream
        self.continuation = continuation
        signals = Signals(Signals.Signal.allCases) { continuation.yield(.signal($0)) }
    }

    func succeeded(by process: Int32) { continuation.yield(.succeeded(process)) }

    func stewardEnded(_ process: Int32) { continuation.yield(.stewardEnded(process)) }

    func finish() { continuation.finish() }
}
