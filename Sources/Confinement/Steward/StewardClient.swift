internal import CSystem
internal import Secrets
internal import Synchronization

/// The way from the process that serves to its steward. Asking blocks: off the event loops, but for what is answered at
/// once.
package final class StewardClient: Sendable {
    package let process: Int32
    /// Readable, with nothing to read, once the steward has ended.
    package let life: Int32

    #if os(Linux)
        /// Nil once it has gone.
        private let prompt: Mutex<MessageSocket?>
        private let slow: Mutex<MessageSocket?>

        init(process: Int32, prompt: MessageSocket, slow: MessageSocket, life: Int32) {
            self.process = process
            self.life = life
            self.prompt = Mutex(prompt)
            self.slow = Mutex(slow)
        }

        deinit { close(life) }
    #endif

    /// Milliseconds. A command may take thirty seconds; this is longer than anything the steward does.
    private static let slowPatience: Int32 = 60_000
    private static let promptPatience: Int32 = 10_000

    package struct Reply: Sendable {
        package let answer: StewardAnswer
        /// The caller's; -1 where none came.
        package let descriptor: Int32
    }

    /// One question at a time, of each kind. Nil where the steward has ended, or is of no use: it is not asked again.
    ///
    /// - Parameter descriptor: goes along; it stays the caller's.
    package func ask(_ request: StewardRequest, with descriptor: Int32 = -1) -> Reply? {
        #if os(Linux)
            guard let bytes = request.encoded else { return Reply(answer: .failed(EMSGSIZE), descriptor: -1) }
            return request.isSlow
                ? slow.withLock { Self.ask(bytes, descriptor, on: &$0, Self.slowPatience) }
                : prompt.withLock { Self.ask(bytes, descriptor, on: &$0, Self.promptPatience) }
        #else
            return nil
        #endif
    }

    #if os(Linux)
        private static func ask(
            _ bytes: [UInt8], _ descriptor: Int32, on socket: inout MessageSocket?, _ patience: Int32
        ) -> Reply? {
            guard let current = socket, current.send(bytes, descriptor: descriptor),
                current.awaitMessage(milliseconds: patience),
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
    #endif

    /// Lets the steward go: it ends.
    package func dismiss() {
        #if os(Linux)
            prompt.withLock { $0 = nil }
            slow.withLock { $0 = nil }
            awaitEnd()
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
