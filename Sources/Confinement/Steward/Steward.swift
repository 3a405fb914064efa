/// The process beside the one that serves: not confined, because it never sees a byte of a peer.
///
/// It is a copy of the process as it was before there was anything to protect, and shares its pages. It ends with it.
package enum Steward {
    /// Divides the process in two. Call it on the only thread there is, before the memory of the copy has grown.
    ///
    /// - Parameter duties: of the steward, which is the copy and does not return.
    /// - Returns: the way to ask it; nil where there is none, with the reason in `errno`.
    package static func start(_ duties: some StewardDuties) -> StewardClient? {
        #if os(Linux)
            guard ThreadCount.current == 1, !Sanitizer.isPresent, let pairs = MessageSocket.pairs(2) else { return nil }
            var life: [Int32] = [-1, -1]
            guard unsafe cartouche_pipe(&life) == 0 else { return nil }
            let parent = getpid()
            let child = cartouche_fork()
            guard child != 0 else {
                let kept = [pairs[0].theirs, pairs[1].theirs, life[1]]
                guard unsafe kept.withUnsafeBufferPointer({ unsafe cartouche_keep_only($0.baseAddress, 3) }) == 0,
                    cartouche_end_with_parent(parent) == 1
                else { _exit(1) }
                unsafe cartouche_name_process("carto-steward")
                ignoreSignals()
                let first = STDERR_FILENO + 1
                var office = StewardOffice(
                    duties, prompt: MessageSocket(first), slow: MessageSocket(first + 1), life: first + 2)
                office.serve()
                _exit(0)
            }
            for pair in pairs { close(pair.theirs) }
            close(life[1])
            guard child > 0 else {
                for pair in pairs { close(pair.ours) }
                close(life[0])
                return nil
            }
            return StewardClient(
                process: child, prompt: MessageSocket(pairs[0].ours), slow: MessageSocket(pairs[1].ours),
                life: life[0])
        #else
            return nil
        #endif
    }
}

#if os(Linux)
    internal import CSystem

    extension Steward {
        /// Those a terminal or a service manager sends to all processes of a program: the one that serves decides what
        /// follows, and the steward ends with it.
        private static func ignoreSignals() {
            for signal in [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGTSTP, SIGPIPE] {
                cartouche_ignore_signal(signal)
            }
        }
    }
#endif
