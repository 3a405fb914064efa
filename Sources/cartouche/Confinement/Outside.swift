import AuditTrail
import Configuration
import Confinement
import KeyStore
import OwnFiles
import Secrets
import Synchronization
import Transport

/// What lies outside of the confinement: files, commands, addresses.
///
/// Until it is confined, this process reaches for them itself, and notes what it reached for: that is what the
/// configuration names. From then on its steward does it, and nothing but that.
final class Outside: Sendable {
    private struct State {
        var names: Set<StewardName> = []
        var isConfined = false
        var steward: StewardClient?
    }

    private let state: Mutex<State>
    private let runsCommands: Bool

    /// - Parameters:
    ///   - steward: nil where the process stays as it is.
    ///   - runsCommands: whether those of secrets are run and standard input is read, or they are only noted.
    init(_ steward: StewardClient? = nil, runsCommands: Bool = true) {
        state = Mutex(State(steward: steward))
        self.runsCommands = runsCommands
    }

    /// What was reached for so far.
    var names: Set<StewardName> { state.withLock(\.names) }

    /// What is taken for the content of standard input, which only the process that serves reads.
    var standardInput: Secret? { runsCommands ? nil : Secret(copying: Self.placeholder.span) }

    /// It has to look like a secret, or the configuration would not be read to its end.
    private static let placeholder = Array("a-secret-that-was-not-fetched".utf8)

    /// To be asked instead; nil while this process may do it itself.
    private var steward: StewardClient? { state.withLock { $0.isConfined ? $0.steward : nil } }

    private func note(_ name: StewardName) { state.withLock { _ = $0.names.insert(name) } }

    // MARK: Confinement

    /// Gives up all but `grants`, for good. On the only thread there is.
    ///
    /// - Parameter names: what the configuration names, beside what was noted.
    func confine(to grants: Grants, naming names: [StewardName]) -> ConfinementState {
        let (steward, noted) = state.withLock { ($0.steward, $0.names) }
        guard let steward else { return .impossible(Self.reasonForNone) }
        for name in noted.union(names) {
            guard steward.ask(.name(name))?.answer == .done([]) else { return remain("it does not answer") }
        }
        guard steward.ask(.seal)?.answer == .done([]) else { return remain("it does not answer") }
        let outcome = Confinement.confine(to: grants)
        guard outcome.landlockVersion != nil || outcome.filtersCalls else {
            steward.dismiss()
            state.withLock { $0.steward = nil }
            return .confined(outcome, steward: nil)
        }
        state.withLock { $0.isConfined = true }
        return .confined(outcome, steward: steward)
    }

    /// Stays as it is.
    func remainFree() {
        let steward = state.withLock { state in
            defer { state.steward = nil }
            return state.steward
        }
        steward?.dismiss()
    }

    private func remain(_ reason: String) -> ConfinementState {
        remainFree()
        return .impossible("the process that would stand by this one is of no use: \(reason)")
    }

    private static var reasonForNone: String {
        Confinement.obstacle ?? "the process that would stand by this one could not be started"
    }

    /// Has the configuration read by the steward, so that what it names now can be had. Blocks.
    ///
    /// - Returns: nil, or why it could not.
    func learn() -> String? {
        guard let steward else { return nil }
        switch steward.ask(.learn)?.answer {
        case .done: return nil
        case .failed(let code): return "the steward could not read the configuration: \(SystemText.of(code))"
        case .notNamed, .noOutput, nil: return "the steward has ended, and nothing new can be read; start anew"
        }
    }

    // MARK: Asking

    private enum Refusal: Error {
        case failed(Int32)
    }

    private static func descriptor(_ reply: StewardClient.Reply?) throws(Refusal) -> Int32 {
        guard let reply else { throw .failed(EPIPE) }
        switch reply.answer {
        case .done where reply.descriptor >= 0: return reply.descriptor
        case .failed(let code): throw .failed(code)
        case .done, .notNamed, .noOutput: throw .failed(EACCES)
        }
    }

    func openKeys(_ path: String) throws(OwnFileError) -> OwnFile {
        guard let steward else {
            note(.keys(path: path))
            return try KeyFile.open(path)
        }
        let descriptor: Int32
        do throws(Refusal) { descriptor = try Self.descriptor(steward.ask(.openKeys(path: path))) } catch {
            throw Self.ownFileError(error)
        }
        return try OwnFile(descriptor, .closedOrRoots)
    }

    func openLog(_ path: String) throws(OwnFileError) -> Int32 {
        guard let steward else {
            note(.log(path: path))
            return try AuditFile.opener(path)
        }
        do throws(Refusal) { return try Self.descriptor(steward.ask(.openLog(path: path))) } catch {
            throw Self.ownFileError(error)
        }
    }

    private static func ownFileError(_ refusal: Refusal) -> OwnFileError {
        switch refusal {
        case .failed(let code): StewardWork.ownFileError(code)
        }
    }

    func listen(_ address: SocketAddress, _ file: SocketFile) throws(Transport.SystemError) -> Transport.Listener {
        let name = StewardName.Listener(address, file)
        guard let steward else {
            note(.listener(name))
            return try Listener(bindingTo: address, file: file)
        }
        let descriptor: Int32
        do throws(Refusal) { descriptor = try Self.descriptor(steward.ask(.listen(name))) } catch {
            switch error {
            case .failed(let code): throw Transport.SystemError(number: code)
            }
        }
        do throws(Transport.SystemError) {
            return try Listener(adopting: descriptor, address: address, isShared: false)
        } catch {
            close(descriptor)
            throw error
        }
    }

    // MARK: The successor

    var spawner: any SuccessorSpawner {
        if let steward { StewardSpawner(steward: steward) } else { ProgramSpawner() }
    }

    /// Asks it to end.
    func end(successor process: Int32) {
        guard let steward else { return ProcessSetup.end(process) }
        _ = steward.ask(.endSuccessor(isForced: false))
    }
}

extension Outside: FileOpener {
    func open(reading path: String) throws(Configuration.SystemError) -> Int32 {
        guard let steward else {
            note(.file(path: path))
            return try OwnOpener().open(reading: path)
        }
        do throws(Refusal) { return try Self.descriptor(steward.ask(.open(path: path))) } catch {
            switch error {
            case .failed(let code): throw Configuration.SystemError(code: code)
            }
        }
    }
}

extension Outside: Connector {
    /// To the ports known at the start this process may connect itself; those that came later are the steward's.
    func beginToConnect(to address: SocketAddress) throws(Transport.SystemError) -> Int32 {
        do throws(Transport.SystemError) {
            return try address.beginToConnect()
        } catch {
            guard error.number == EACCES, let steward, let port = address.port else { throw error }
            do throws(Refusal) {
                return try Self.descriptor(steward.ask(.connect(address: address.host, port: port)))
            } catch {
                switch error {
                case .failed(let code): throw Transport.SystemError(number: code)
                }
            }
        }
    }
}

extension Outside: SecretCommandRunner {
    func output(
        of command: SecretCommand, environment: [String: String], timeLimit: Duration, outputLimit: Int
    ) throws(CommandProblem) -> [UInt8] {
        guard let steward else {
            note(.command(arguments: command.arguments))
            guard runsCommands else { return Self.placeholder }
            return try ChildCommands().output(
                of: command, environment: environment, timeLimit: timeLimit, outputLimit: outputLimit)
        }
        guard let reply = steward.ask(.run(arguments: command.arguments)) else {
            throw .notStarted(Configuration.SystemError(code: EPIPE))
        }
        switch reply.answer {
        case .done(let output): return output
        case .notNamed: throw .notStarted(Configuration.SystemError(code: EACCES))
        case .failed(let code): throw .notStarted(Configuration.SystemError(code: code))
        case .noOutput(let failure): throw CommandProblem(failure)
        }
    }
}

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif
