/// A secret and the keys that say where it comes from: the value itself, a file, a command.
struct SecretKey: Sendable {
    let name: String
    let literal: KeyDefinition
    let file: KeyDefinition
    let command: KeyDefinition
    /// What its bytes must look like.
    let content: SecretContent

    init(_ name: String, content: SecretContent, cartoVariables: [String], help: String) {
        self.name = name
        self.content = content
        literal = KeyDefinition(
            name, .secret, in: .credentials, cartoVariables: cartoVariables,
            help: help + " Never a flag: other users see the arguments of programs.")
        file = KeyDefinition(
            name + "_file", .path, in: .credentials,
            standardNote: "`$CREDENTIALS_DIRECTORY/\(name)` where systemd provides it",
            help: "A file that holds \(name) and nothing else, readable by its owner only; `-` is standard input.")
        command = KeyDefinition(
            name + "_command", .command, in: .credentials,
            help: "A command that prints \(name): a list is run as it is, a single text by the shell.")
    }

    var definitions: [KeyDefinition] { [literal, file, command] }
}
