internal import CSystem
internal import Secrets
internal import Synchronization

/// The way from the process that serves to its steward. Asking blocks: off the event loops only.
package final class StewardClient: Sendable {
    package let process: Int32

    #if os(Linux)
        /// Nil once it has gone.
        private let socket: Mutex<MessageSocket?>

        init(process: Int32, socket: MessageSocket) {
            self.process = process
            self.socket = Mutex(socket)
        }
    #endif

    /// Milliseconds. A command may take thirty seconds; this is longer than anything the steward does.
    private static let patience: Int32 = 60_000

    package struct Reply: Sendable {
        package let answer: StewardAnswer
        /// The caller's; -1 where none came.
        package let descriptor: Int32
    }

    /// One question at a time. Nil where the steward has ended, or is of no use: it is not asked again.
    package func ask(_ request: StewardRequest) -> Reply? {
        #if os(Linux)
            guard let bytes = request.encoded else { return Reply(answer: .failed(EMSGSIZE), descriptor: -1) }
            return socket.withLock { socket in
                guard let current = socket, current.send(bytes), current.awaitMessage(milliseconds: Self.patience),
                    var message = current.receive(limit: StewardAnswer.limit)
                else {
                    socket = nil
                    return nil
                }
                defer { wipe(&message.bytes) }
                guard let answer = StewardAnswer(decoding: message.bytes) else {
                    if message.descriptor >= 0 { close(message.descriptor) }
                    socket = nil
                    return nil
                }
                return Reply(answer: answer, descriptor: message.descriptor)
            }
        #else
            return nil
        #endif
    }

    /// Waits for the end of the steward's process. Blocks for as long as that lives.
    package func awaitEnd() {
        #if os(Linux)
            var status: Int32 = 0
            while unsafe waitpid(process, &status, 0) < 0, cartouche_errno() == EINTR {}
        #endif
    }
}
