/// Runs the commands whose output is a secret.
package protocol SecretCommandRunner: Sendable {
    /// Blocks until the command has ended with 0, or stops it. The caller wipes what is returned.
    ///
    /// - Parameters:
    ///   - environment: the command's own.
    ///   - outputLimit: in bytes.
    func output(
        of command: SecretCommand, environment: [String: String], timeLimit: Duration, outputLimit: Int
    ) throws(CommandProblem) -> [UInt8]
}

/// As children of this process.
package struct ChildCommands: SecretCommandRunner {
    package init() {}

    package func output(
        of command: SecretCommand, environment: [String: String], timeLimit: Duration, outputLimit: Int
    ) throws(CommandProblem) -> [UInt8] {
        try CommandRunner(environment: environment, timeLimit: timeLimit, outputLimit: outputLimit)
            .output(of: command.arguments)
    }
}
