import ArgumentParser

struct ReloadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload",
        abstract: "Make a running cartouche load its configuration anew.",
        discussion: """
            Like HUP, and tells what came of it. Exit codes: 0 the new configuration is in force; 2 something is wrong \
            with it, and the old one is; 1 none is running.
            """)

    @Option(help: ArgumentHelp("The process meant, where several run.", valueName: "number"))
    var pid: Int32?

    func run() throws { Output.standardOutput.write(try Instance.required(pid).ask(.reload)) }
}
