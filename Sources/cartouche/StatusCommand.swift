import ArgumentParser

struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show how a running cartouche is doing.",
        discussion: """
            Asks it on its control socket, which only its own user can: version, listeners, connections, answers, \
            upstream connections, tokens. Exit code 1: none is running.
            """)

    @Flag(help: "Write JSON.")
    var json = false

    @Option(help: ArgumentHelp("The process meant, where several run.", valueName: "number"))
    var pid: Int32?

    func run() throws {
        Output.standardOutput.write(try Instance.required(pid).ask(.status(json ? .json : .text)))
    }
}
