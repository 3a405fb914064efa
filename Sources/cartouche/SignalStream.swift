import Transport

/// The signals the program answers to, as a sequence.
struct SignalStream {
    let stream: AsyncStream<Signals.Signal>
    private let continuation: AsyncStream<Signals.Signal>.Continuation
    private let signals: Signals

    init() {
        let (stream, continuation) = AsyncStream<Signals.Signal>.makeStream()
        self.stream = stream
        self.continuation = continuation
        signals = Signals(Signals.Signal.allCases) { continuation.yield($0) }
    }

    func finish() { continuation.finish() }
}
