import ArgumentParser
import Confinement
import Dispatch

@main
struct Cartouche: ParsableCommand {
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
            RoutesCommand.self, TokenCommand.self, KeysCommand.self, AuditCommand.self, StatusCommand.self,
            ReloadCommand.self, DoctorCommand.self,
        ],
        defaultSubcommand: ServeCommand.self)

    /// Not asynchronous: that would start threads before a command could say what has to come first.
    static func main() {
        ProcessSetup.prepare()
        let command: any ParsableCommand
        do {
            command = try parseAsRoot()
        } catch {
            // Help and version are no errors; every misuse of the command line is 2, not ArgumentParser's 64.
            let code = exitCode(for: error)
            let text = fullMessage(for: error)
            guard code == .success else { Stop(.usage, text).leave() }
            Output.standardOutput.write(text)
            return
        }
        leavingOnError { try run(command) }
    }

    private static func run(_ command: any ParsableCommand) throws {
        switch command {
        case let serving as any ServingCommand:
            try serve(serving)
        case let asynchronous as any AsyncParsableCommand:
            // Handed over to the one task that uses it.
            nonisolated(unsafe) var asynchronous = asynchronous
            finish { try await unsafe asynchronous.run() }
        default:
            var command = command
            try command.run()
        }
    }

    private static func serve(_ command: some ServingCommand) throws {
        let outside = Outside(Steward.start(StewardWork(names: command.names)))
        var prepared = try command.prepare(outside)
        prepared.confine(outside)
        finish { [prepared] in try await prepared.serve() }
    }

    /// Runs `work` on Dispatch's threads, and ends the process with it.
    private static func finish(_ work: sending @escaping () async throws -> Void) -> Never {
        Task {
            do { try await work() } catch { leave(error) }
            Stop(.success, "").leave()
        }
        dispatchMain()
    }

    private static func leavingOnError(_ work: () throws -> Void) {
        do { try work() } catch { leave(error) }
    }

    /// With the process's own exit codes; see the reference.
    private static func leave(_ error: any Error) -> Never {
        if let stop = error as? Stop { stop.leave() }
        exit(withError: error)
    }
}
