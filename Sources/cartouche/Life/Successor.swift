#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A process that is to take the place of this one.
protocol Successor: Sendable {
    var process: Int32 { get }

    /// Blocks until it says that it serves; nil. Else why it does not, and it has been ended.
    func awaitReady(seconds: Int32) -> String?
}

/// Starts one, with these sockets.
protocol SuccessorSpawner: Sendable {
    /// - Parameter sockets: by descriptors that close on `exec`, each with its name for `LISTEN_FDNAMES`.
    func start(handing sockets: [(descriptor: Int32, name: String)]) throws(Stop) -> any Successor
}

/// Starts the program that was started, by the name it was started by: what stands there now may be a newer one.
struct ProgramSpawner: SuccessorSpawner {
    struct Failure: Error {
        /// An `errno`.
        let code: Int32

        var stop: Stop {
            let text = if let text = unsafe strerror(code) { unsafe String(cString: text) } else { "error \(code)" }
            return Stop(.runtime, "the program could not be started again: \(text)")
        }
    }

    func start(handing sockets: [(descriptor: Int32, name: String)]) throws(Stop) -> any Successor {
        switch Self.spawn(handing: sockets) {
        case .success(let started): return StartedProgram(process: started.process, report: started.report)
        case .failure(let failure): throw failure.stop
        }
    }

    /// - Returns: its process, and where it says that it serves.
    static func spawn(
        handing sockets: [(descriptor: Int32, name: String)]
    ) -> Result<(process: Int32, report: Int32), Failure> {
        do throws(Failure) { return .success(try spawnProgram(handing: sockets)) } catch { return .failure(error) }
    }

    private static func spawnProgram(
        handing sockets: [(descriptor: Int32, name: String)]
    ) throws(Failure) -> (process: Int32, report: Int32) {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { throw Failure(code: errno) }
        let reading = ends[0]
        // Above those that are set in the new process, or setting one would overwrite another.
        let count = Int32(sockets.count)
        let writing = fcntl(ends[1], F_DUPFD_CLOEXEC, HandedSockets.firstDescriptor + count + 1)
        close(ends[1])
        _ = fcntl(reading, F_SETFD, FD_CLOEXEC)
        guard writing >= 0 else {
            close(reading)
            throw Failure(code: errno)
        }
        defer { close(writing) }
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        for (index, socket) in sockets.enumerated() {
            unsafe posix_spawn_file_actions_adddup2(
                &actions, socket.descriptor, HandedSockets.firstDescriptor + Int32(index))
        }
        unsafe posix_spawn_file_actions_adddup2(&actions, writing, HandedSockets.firstDescriptor + count)
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var all = sigset_t()
        unsafe sigfillset(&all)
        var none = sigset_t()
        unsafe sigemptyset(&none)
        unsafe posix_spawnattr_setsigdefault(&attributes, &all)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        var environment = Startup.environment()
        environment["LISTEN_PID"] = nil
        environment["LISTEN_FDS"] = String(count)
        environment["LISTEN_FDNAMES"] = sockets.map(\.name).joined(separator: ":")
        environment[HandOver.parentVariable] = String(ProcessSetup.number)
        environment[HandOver.reportVariable] = String(HandedSockets.firstDescriptor + count)
        var process: pid_t = 0
        guard let program = CommandLine.arguments.first else { throw Failure(code: ENOENT) }
        let code = unsafe Self.lend(CommandLine.arguments) { arguments in
            unsafe Self.lend(environment.map { "\($0.key)=\($0.value)" }) { variables in
                unsafe posix_spawnp(&process, program, &actions, &attributes, arguments, variables)
            }
        }
        guard code == 0 else {
            close(reading)
            throw Failure(code: code)
        }
        return (process, reading)
    }

    /// Lends the strings as a C array that ends in NULL.
    private static func lend<Result>(
        _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        var pointers = unsafe strings.map { unsafe strdup($0) }
        unsafe pointers.append(nil)
        defer { for index in unsafe pointers.indices { unsafe free(pointers[index]) } }
        return unsafe pointers.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else {
                var end: UnsafeMutablePointer<CChar>?
                return unsafe body(&end)
            }
            return unsafe body(base)
        }
    }
}
