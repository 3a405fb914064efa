import Secrets

/// Fetches secrets from where they are kept, at start and again when one is rotated.
package struct SecretLoader: Sendable {
    private let environment: [String: String]
    private let trust: FileTrust
    private let timeLimit: Duration
    private let commands: any SecretCommandRunner
    /// What standard input held: it can be read only once.
    private let standardInput: Secret?

    /// - Parameters:
    ///   - environment: handed on to commands, without the variables that hold secrets of ours.
    ///   - timeLimit: how long a command may take, and whoever writes standard input; with zero no command is started.
    package init(environment: [String: String], timeLimit: Duration = .seconds(30)) {
        self.init(environment: environment, timeLimit: timeLimit, trust: .current)
    }

    /// - Parameter standardInput: what was read from there before, where something was.
    package init(
        environment: [String: String], timeLimit: Duration, trust: FileTrust,
        commands: any SecretCommandRunner = ChildCommands(), standardInput: Secret? = nil
    ) {
        self.environment = Self.forCommands(environment)
        self.timeLimit = timeLimit
        self.trust = trust
        self.commands = commands
        self.standardInput = standardInput
    }

    /// What commands are told of the environment: all but our secrets.
    package static func forCommands(_ environment: [String: String]) -> [String: String] {
        let secretVariables = KeyTable.all.filter(\.mayHoldSecret).flatMap {
            [$0.variable] + ($0.isConventional ? [] : $0.cartoVariables)
        }
        return environment.filter { !secretVariables.contains($0.key) }
    }

    /// The longest output of a command that is read, in bytes; what is longer is refused.
    package static let outputLimit = SecretContent.limit + 2

    /// Blocks the thread until the secret is there or cannot be had. Literal values are nowhere to be fetched
    /// from again and count as empty.
    package func load(_ source: SecretSource, as content: SecretContent) throws(SecretProblem) -> Secret {
        var bytes: [UInt8]
        switch source {
        case .literal: throw .empty
        case .file(let path): bytes = try readFile(path, checksReaders: true)
        // The service manager made the file for us alone; access lists it uses show as a group's permission.
        case .serviceCredential(let path): bytes = try readFile(path, checksReaders: false)
        case .standardInput:
            if let standardInput { return standardInput }
            bytes = try StandardInput.readSecret(limit: SecretContent.limit + 2, timeLimit: timeLimit)
        case .command(let command): bytes = try run(command)
        }
        return try content.secret(from: &bytes)
    }

    private func readFile(_ path: String, checksReaders: Bool) throws(SecretProblem) -> [UInt8] {
        do throws(FileProblem) {
            var file = try ProtectedFile(at: path, limit: SecretContent.limit + 2, trust: trust)
            guard !checksReaders || trust.allowsReaders(of: file.status) else {
                wipe(&file.bytes)
                throw .readableByOthers(path: path)
            }
            return file.bytes
        } catch {
            if checksReaders, case .writableByOthers(let path, _) = error {
                throw .file(.writableByOthers(path: path, holdsSecret: true))
            }
            throw .file(error)
        }
    }

    private func run(_ command: SecretCommand) throws(SecretProblem) -> [UInt8] {
        do throws(CommandProblem) {
            return try commands.output(
                of: command, environment: environment, timeLimit: timeLimit, outputLimit: Self.outputLimit)
        } catch {
            throw .command(error)
        }
    }
}
