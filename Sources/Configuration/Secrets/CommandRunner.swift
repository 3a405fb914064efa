import Secrets

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Runs a program for its standard output.
///
/// The program gets no standard input, our standard error (where its own complaints belong), a process group of
/// its own (so that what it starts can be stopped with it), default signal handling and none of our other
/// descriptors.
struct CommandRunner {
    let environment: [String: String]
    let timeLimit: Duration
    let outputLimit: Int

    /// Blocks until the program has ended with 0, or stops it. The caller wipes what is returned.
    func output(of arguments: [String]) throws(CommandProblem) -> [UInt8] {
        guard timeLimit > .zero else { throw .timedOut(after: timeLimit) }
        let deadline = ContinuousClock.now + timeLimit
        var ends: (reading: Int32, writing: Int32) = (-1, -1)
        guard makePipe(&ends) == 0 else { throw .notStarted(SystemError.last) }
        let reading = FileDescriptor(owning: ends.reading)
        let child = try start(arguments, output: FileDescriptor(owning: ends.writing))
        var output: [UInt8]
        do throws(CommandProblem) {
            output = try readOutput(reading, until: deadline)
        } catch {
            child.stop()
            throw error
        }
        do throws(CommandProblem) {
            try child.awaitSuccess(until: deadline, timeLimit: timeLimit)
        } catch {
            wipe(&output)
            throw error
        }
        return output
    }

    private func makePipe(_ ends: inout (reading: Int32, writing: Int32)) -> Int32 {
        var numbers: [Int32] = [-1, -1]
        let result = unsafe numbers.withUnsafeMutableBufferPointer { unsafe pipe($0.baseAddress) }
        ends = (numbers[0], numbers[1])
        // Programs that others start meanwhile are not to hold the pipe open.
        for number in numbers where result == 0 { _ = fcntl(number, F_SETFD, FD_CLOEXEC) }
        return result
    }

    /// Our end for writing is closed once the program has its own, or its end would never be seen.
    private func start(
        _ arguments: [String], output: consuming FileDescriptor
    ) throws(CommandProblem) -> ChildProcess {
        try ChildProcess(
            arguments, environment: environment.map { "\($0.key)=\($0.value)" }, output: output.number)
    }

    private func readOutput(
        _ pipe: borrowing FileDescriptor, until deadline: ContinuousClock.Instant
    ) throws(CommandProblem) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: outputLimit + 1)
        var filled = 0
        while true {
            var problem: CommandProblem?
            if filled > outputLimit { problem = .outputTooLong(limit: outputLimit) }
            if problem == nil, !pipe.awaitReadable(until: deadline) { problem = .timedOut(after: timeLimit) }
            if let problem {
                wipe(&bytes)
                throw problem
            }
            let count = pipe.readSome(into: &bytes, at: filled)
            if count == 0 { break }
            if count > 0 {
                filled += count
            } else if errno != EINTR {
                let error = SystemError.last
                wipe(&bytes)
                throw .outputUnreadable(error)
            }
        }
        bytes.removeLast(bytes.count - filled)
        return bytes
    }
}
