#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A program that was started, until its end has been seen.
struct ChildProcess {
    private let id: pid_t

    /// Starts it with `output` as its standard output. `arguments[0]` is looked up in `PATH`.
    init(_ arguments: [String], environment: [String], output: Int32) throws(CommandProblem) {
        guard let program = arguments.first, !arguments.contains(where: { $0.utf8.contains(0) }) else {
            throw .notStarted(SystemError(code: EINVAL))
        }
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        for descriptor in Self.inheritable() {
            unsafe posix_spawn_file_actions_addclose(&actions, descriptor)
        }
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        unsafe sigemptyset(&none)
        var all = sigset_t()
        unsafe sigfillset(&all)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setsigdefault(&attributes, &all)
        unsafe posix_spawnattr_setpgroup(&attributes, 0)
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        unsafe posix_spawnattr_setflags(&attributes, Int16(flags))
        var started: pid_t = 0
        let code = unsafe Self.withStrings(arguments) { words in
            unsafe Self.withStrings(environment) { variables in
                unsafe posix_spawnp(&started, program, &actions, &attributes, words, variables)
            }
        }
        guard code == 0 else { throw .notStarted(SystemError(code: code)) }
        id = started
    }

    /// Waits for the end; what has not ended by the deadline is stopped.
    func awaitSuccess(until deadline: ContinuousClock.Instant, timeLimit: Duration) throws(CommandProblem) {
        var status: Int32 = 0
        while true {
            let ended = unsafe waitpid(id, &status, WNOHANG)
            if ended == id { break }
            if ended < 0, errno != EINTR { throw .outputUnreadable(SystemError.last) }
            guard ContinuousClock.now < deadline else {
                stop()
                throw .timedOut(after: timeLimit)
            }
            // Its output has ended, so its end is a matter of a moment.
            usleep(2_000)
        }
        let signal = status & 0x7F
        guard signal == 0 else { throw .killed(signal: signal) }
        let code = status >> 8 & 0xFF
        guard code == 0 else { throw .exited(code: code) }
    }

    /// Ends it and what it started in its process group, and takes note of its end.
    func stop() {
        kill(-id, SIGKILL)
        var status: Int32 = 0
        while unsafe waitpid(id, &status, 0) < 0, errno == EINTR {}
    }

    /// Our own descriptors close on `exec`; these were handed to us by whoever started us, sockets perhaps, and
    /// have low numbers.
    private static func inheritable() -> [Int32] {
        ((STDERR_FILENO + 1)..<1024).filter { descriptor in
            let flags = fcntl(descriptor, F_GETFD)
            return flags >= 0 && flags & FD_CLOEXEC == 0
        }
    }

    /// Lends the strings as a C array that ends in NULL.
    private static func withStrings<Result>(
        _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        var pointers = unsafe strings.map { unsafe strdup($0) }
        unsafe pointers.append(nil)
        defer { for index in unsafe pointers.indices { unsafe free(pointers[index]) } }
        return unsafe pointers.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else {
                var end: UnsafeMutablePointer<CChar>?
                return unsafe body(&end)
            }
            return unsafe body(base)
        }
    }
}
