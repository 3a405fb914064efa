import ArgumentParser

@main
struct Cartouche: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cartouche",
        abstract: "A local authenticating reverse proxy for the CARTO API.",
        discussion: """
            Local programs send requests without a credential to http://localhost:22786; they go on to the CARTO API \
            with the right token, and URLs in the answers lead back here.

            Try it without an account:      cartouche demo
            With one:                       CARTO_API_BASE_URL=https://gcp-us-east1.api.carto.com \\
                                            CARTO_CLIENT_ID=… CARTO_CLIENT_SECRET=… cartouche
            Then:                           curl 'http://localhost:22786/v3/sql/carto_dw/query?q=SELECT+1'
            """,
        version: Version.current,
        subcommands: [
            ServeCommand.self, DemoCommand.self, InitCommand.self, CheckCommand.self, ExplainCommand.self,
            RoutesCommand.self, TokenCommand.self,
        ],
        defaultSubcommand: ServeCommand.self)

    /// The process's own exit codes; see the reference.
    static func main() async {
        ProcessSetup.prepare()
        do {
            var command = try parseAsRoot()
            do {
                if var asynchronous = command as? any AsyncParsableCommand {
                    try await asynchronous.run()
                } else {
                    try command.run()
                }
            } catch let stop as Stop {
                stop.leave()
            } catch {
                exit(withError: error)
            }
        } catch {
            // Help and version are no errors; every misuse of the command line is 2, not ArgumentParser's 64.
            let code = exitCode(for: error)
            let text = fullMessage(for: error)
            guard code == .success else { Stop(.usage, text).leave() }
            Output.standardOutput.write(text)
        }
    }
}
