/// What the steward does when asked. It is asked by the process that talks to strangers, so it does nothing but what
/// it has found named in the configuration itself.
package protocol StewardDuties {
    /// - Returns: the answer, and a descriptor to hand over, which the steward then closes; -1 for none.
    mutating func answer(_ request: StewardRequest) -> (StewardAnswer, Int32)
}

/// The process beside the one that serves: not confined, because it never sees a byte of a peer.
///
/// It is a copy of the process as it was before it served anybody, and shares its pages. It ends with it.
package enum Steward {
    /// Divides the process in two. Call it on the only thread there is.
    ///
    /// - Parameter duties: of the steward, which is the copy and does not return.
    /// - Returns: the way to ask it; nil where there is none, with the reason in `errno`.
    package static func start(_ duties: consuming some StewardDuties) -> StewardClient? {
        #if os(Linux)
            guard ThreadCount.current == 1 else { return nil }
            var ends: [Int32] = [-1, -1]
            guard unsafe ends.withUnsafeMutableBufferPointer({ unsafe cartouche_message_pair($0.baseAddress) }) == 0
            else { return nil }
            let (ours, theirs) = (ends[0], ends[1])
            let parent = getpid()
            let child = cartouche_fork()
            guard child != 0 else {
                let socket = cartouche_keep_only(theirs)
                guard socket >= 0, cartouche_end_with_parent(parent) == 1 else { _exit(1) }
                ignoreSignals()
                serve(MessageSocket(socket), duties)
                _exit(0)
            }
            close(theirs)
            guard child > 0 else {
                close(ours)
                return nil
            }
            return StewardClient(process: child, socket: MessageSocket(ours))
        #else
            return nil
        #endif
    }
}

#if os(Linux)
    internal import CSystem
    internal import Secrets

    extension Steward {
        /// Those a terminal or a service manager sends to all processes of a program: the one that serves decides what
        /// follows, and the steward ends with it.
        private static func ignoreSignals() {
            for signal in [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGTSTP] {
                cartouche_ignore_signal(signal)
            }
        }

        private static func serve(_ socket: MessageSocket, _ duties: consuming some StewardDuties) {
            var duties = duties
            while let message = socket.receive(limit: StewardRequest.limit) {
                // None of the requests brings a descriptor.
                if message.descriptor >= 0 { close(message.descriptor) }
                guard let request = StewardRequest(decoding: message.bytes) else { return }
                let (answer, descriptor) = duties.answer(request)
                defer { if descriptor >= 0 { close(descriptor) } }
                var bytes = answer.encoded ?? StewardAnswer.failed(EMSGSIZE).encoded ?? []
                defer { wipe(&bytes) }
                guard socket.send(bytes, descriptor: descriptor) else { return }
            }
        }
    }
#endif
