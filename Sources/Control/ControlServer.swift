import CSystem
import Dispatch
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Answers on the control socket, on a queue of its own and far from the event loops.
///
/// One line is read, one answer written, and the connection closed. Whoever is not our own user is not even read from.
package final class ControlServer: Sendable {
    private let socket: ControlSocket
    private let queue = DispatchQueue(label: "cartouche.control")
    private let answering = Mutex(0)
    private let answer: @Sendable (ControlRequest) async -> ControlAnswer
    // libdispatch's objects may be used from any thread; the protocol does not say so.
    private nonisolated(unsafe) let source: any DispatchSourceRead

    /// Answers that are being worked on at a time; further ones are told to come back.
    private static let limit = 16
    /// How long a client may take for its line, or to take its answer, in seconds.
    private static let patience = 2

    package init(_ socket: ControlSocket, answer: @escaping @Sendable (ControlRequest) async -> ControlAnswer) {
        self.socket = socket
        self.answer = answer
        unsafe source = DispatchSource.makeReadSource(fileDescriptor: socket.descriptor, queue: queue)
        unsafe source.setEventHandler { [weak self] in self?.accept() }
        // The descriptor must stay open as long as it is watched.
        unsafe source.setCancelHandler { _ = socket }
        unsafe source.activate()
    }

    deinit { unsafe source.cancel() }

    /// Takes the socket's file away and answers nobody any more.
    package func stop() {
        socket.withdraw()
        unsafe source.cancel()
    }

    private func accept() {
        while true {
            let descriptor = cartouche_accept(socket.descriptor, nil, nil)
            guard descriptor >= 0 else { return }
            serve(LocalStream(owning: descriptor, seconds: Self.patience))
        }
    }

    private func serve(_ stream: consuming LocalStream) {
        guard stream.isOurs, let line = stream.readLine(limit: ControlRequest.limit) else { return }
        guard let request = ControlRequest(line: line) else {
            return send(ControlAnswer(code: 2, "this cartouche does not know what was asked\n"), to: stream)
        }
        guard begin() else {
            return send(ControlAnswer(code: 1, "too much is being asked at the same time\n"), to: stream)
        }
        let box = StreamBox(stream)
        Task {
            let answer = await self.answer(request)
            queue.async {
                if let stream = box.take() { self.send(answer, to: stream) }
                self.answering.withLock { $0 -= 1 }
            }
        }
    }

    private func begin() -> Bool {
        answering.withLock { count in
            guard count < Self.limit else { return false }
            count += 1
            return true
        }
    }

    private func send(_ answer: ControlAnswer, to stream: borrowing LocalStream) { try? stream.write(answer.bytes) }
}

/// A stream on its way from one closure to the next.
private final class StreamBox: Sendable {
    private let stream: Mutex<LocalStream?>

    init(_ stream: consuming LocalStream) { self.stream = Mutex(stream) }

    func take() -> LocalStream? {
        stream.withLock { held in
            var taken: LocalStream?
            swap(&taken, &held)
            return taken
        }
    }
}
