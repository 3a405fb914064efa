#if os(Linux)
    internal import CSystem
    internal import Secrets

    /// Where the steward takes requests, judges them and has them done.
    ///
    /// What takes its time is done by a process of its own, one at a time, so that nobody else waits for it.
    struct StewardOffice<Duties: StewardDuties> {
        private let duties: Duties
        private let prompt: MessageSocket
        private let slow: MessageSocket
        /// Closed with the process, by which the other side sees its end.
        private let life: Int32
        private var register = StewardRegister()
        private var errand: Errand?
        private var handed: [(descriptor: Int32, name: String)] = []
        private var successor: Int32?

        private struct Errand {
            let process: Int32
            let findings: MessageSocket
            let isLearning: Bool
            var names: [StewardName] = []
        }

        /// No program listens on more.
        private static var mostSockets: Int { 1024 }
        /// How long it is ready for more after a request, in milliseconds.
        private static var restlessness: Int32 { 500 }
        /// Until a process that reads a configuration or runs a command is ended, in seconds: more than either may
        /// take.
        private static var patience: UInt32 { 50 }

        init(_ duties: Duties, prompt: MessageSocket, slow: MessageSocket, life: Int32) {
            self.duties = duties
            self.prompt = prompt
            self.slow = slow
            self.life = life
        }

        mutating func serve() {
            var isAtRest = false
            while true {
                var watched = [
                    pollfd(fd: prompt.descriptor, events: Int16(POLLIN), revents: 0),
                    pollfd(fd: errand?.findings.descriptor ?? slow.descriptor, events: Int16(POLLIN), revents: 0),
                ]
                // Also while there is an errand: the end of the other side is seen on the first.
                let ready = unsafe poll(&watched, 2, isAtRest ? -1 : Self.restlessness)
                guard ready >= 0 || cartouche_errno() == EINTR else { return }
                isAtRest = ready == 0
                // Most of what it had mapped to work has no use while it waits, for days perhaps.
                if isAtRest { cartouche_unmap_read_only_pages() }
                if watched[0].revents != 0 { guard answerPrompt() else { return } }
                if watched[1].revents != 0 {
                    guard errand == nil ? beginErrand() : followErrand() else { return }
                }
            }
        }

        // MARK: At once

        /// False where the other side has gone, or speaks another language.
        private mutating func answerPrompt() -> Bool {
            guard let message = prompt.receive(limit: StewardRequest.limit) else { return false }
            guard let request = StewardRequest(decoding: message.bytes), !request.isSlow else {
                if message.descriptor >= 0 { close(message.descriptor) }
                return false
            }
            let (answer, descriptor) = answer(request, message.descriptor)
            defer { if descriptor >= 0 { close(descriptor) } }
            return send(answer, descriptor, on: prompt)
        }

        private func send(_ answer: StewardAnswer, _ descriptor: Int32 = -1, on socket: MessageSocket) -> Bool {
            guard var bytes = (answer.encoded ?? StewardAnswer.failed(EMSGSIZE).encoded) else { return false }
            defer { wipe(&bytes) }
            return socket.send(bytes, descriptor: descriptor)
        }

        private mutating func answer(_ request: StewardRequest, _ passed: Int32) -> (StewardAnswer, Int32) {
            if case .hand(let name) = request { return (keep(passed, name), -1) }
            // No other brings a descriptor.
            if passed >= 0 { close(passed) }
            switch request {
            case .name(let name): return (register.tell(name) ? .done([]) : .notNamed, -1)
            case .seal:
                register.seal()
                return (.done([]), -1)
            case .open(let path):
                return ifNamed(.file(path: path)) { Self.open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY) }
            case .openKeys(let path): return ifNamed(.keys(path: path)) { duties.openKeys(path) }
            case .openLog(let path):
                return ifNamed(.log(path: path)) {
                    Self.open(path, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
                }
            case .listen(let listener): return ifNamed(.listener(listener)) { duties.listen(listener) }
            case .connect(let address, let port):
                return ifNamed(.port(port)) { duties.connect(address: address, port: port) }
            case .succeed: return startSuccessor()
            case .endSuccessor(let isForced): return (endSuccessor(isForced: isForced), -1)
            case .hand, .learn, .run: return (.failed(EINVAL), -1)
            }
        }

        private func ifNamed(
            _ name: StewardName, _ work: () -> Result<Int32, StewardFailure>
        ) -> (StewardAnswer, Int32) {
            guard register.knows(name) else { return (.notNamed, -1) }
            switch work() {
            case .success(let descriptor): return (.done([]), descriptor)
            case .failure(let failure): return (.failed(failure.code), -1)
            }
        }

        private static func open(_ path: String, _ flags: Int32) -> Result<Int32, StewardFailure> {
            let descriptor = unsafe cartouche_open(path, flags)
            return descriptor >= 0 ? .success(descriptor) : .failure(StewardFailure(cartouche_errno()))
        }

        // MARK: The successor

        private mutating func keep(_ descriptor: Int32, _ name: String) -> StewardAnswer {
            guard descriptor >= 0 else { return .failed(EBADF) }
            guard handed.count < Self.mostSockets else {
                close(descriptor)
                return .failed(EMFILE)
            }
            handed.append((descriptor, name))
            return .done([])
        }

        private mutating func startSuccessor() -> (StewardAnswer, Int32) {
            let sockets = handed
            handed = []
            defer { for socket in sockets { close(socket.descriptor) } }
            reapSuccessor()
            // One at a time: whoever has taken over the process that asks must not fill the machine with others.
            guard successor == nil else { return (.failed(EBUSY), -1) }
            switch duties.start(handing: sockets) {
            case .success(let started):
                successor = started.process
                return (.done(Array(String(started.process).utf8)), started.report)
            case .failure(let failure): return (.failed(failure.code), -1)
            }
        }

        private mutating func reapSuccessor() {
            var status: Int32 = 0
            if let process = successor, unsafe waitpid(process, &status, WNOHANG) != 0 { successor = nil }
        }

        /// - Returns: where it is ended at once, what `waitpid` says of it, as a text.
        private mutating func endSuccessor(isForced: Bool) -> StewardAnswer {
            guard let process = successor else { return .notNamed }
            guard isForced else {
                _ = kill(process, SIGTERM)
                return .done([])
            }
            _ = kill(process, SIGKILL)
            var status: Int32 = 0
            while unsafe waitpid(process, &status, 0) < 0, cartouche_errno() == EINTR {}
            successor = nil
            return .done(Array(String(status).utf8))
        }

        // MARK: Errands

        private mutating func beginErrand() -> Bool {
            guard let message = slow.receive(limit: StewardRequest.limit) else { return false }
            if message.descriptor >= 0 { close(message.descriptor) }
            guard let request = StewardRequest(decoding: message.bytes), request.isSlow else { return false }
            if case .run(let arguments) = request, !register.knows(.command(arguments: arguments)) {
                return send(.notNamed, on: slow)
            }
            guard let pair = MessageSocket.pairs(1)?.first else { return send(.failed(cartouche_errno()), on: slow) }
            let parent = getpid()
            let child = cartouche_fork()
            if child == 0 { run(request, MessageSocket(pair.theirs), parent) }
            close(pair.theirs)
            guard child > 0 else {
                close(pair.ours)
                return send(.failed(cartouche_errno()), on: slow)
            }
            errand = Errand(process: child, findings: MessageSocket(pair.ours), isLearning: request == .learn)
            return true
        }

        /// In the process made for it.
        private func run(_ request: StewardRequest, _ findings: MessageSocket, _ parent: Int32) -> Never {
            guard cartouche_end_with_parent(parent) == 1 else { _exit(1) }
            // Whoever waits for the steward's end is not to wait for this one's.
            close(prompt.descriptor)
            close(life)
            alarm(Self.patience)
            if case .run(let arguments) = request { _exit(send(duties.run(arguments), on: slow) ? 0 : 1) }
            var isTold = true
            let isRead = duties.learn { name in
                guard isTold, let bytes = StewardRequest.name(name).encoded else { return isTold = false }
                isTold = findings.send(bytes)
            }
            _exit(isRead && isTold ? 0 : 1)
        }

        private mutating func followErrand() -> Bool {
            guard var current = errand else { return true }
            if let message = current.findings.receive(limit: StewardRequest.limit) {
                if message.descriptor >= 0 { close(message.descriptor) }
                if case .name(let name)? = StewardRequest(decoding: message.bytes) { current.names.append(name) }
                errand = current
                return true
            }
            errand = nil
            var status: Int32 = 0
            while unsafe waitpid(current.process, &status, 0) < 0, cartouche_errno() == EINTR {}
            guard status == 0 else { return send(.failed(EIO), on: slow) }
            // The output of a command was sent by the process that ran it.
            guard current.isLearning else { return true }
            return send(register.learn(current.names) ? .done([]) : .failed(ENOBUFS), on: slow)
        }
    }
#endif
