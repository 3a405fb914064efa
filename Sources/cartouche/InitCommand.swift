import ArgumentParser
import Configuration
import Secrets

struct InitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Write a configuration from what you have, and try it.",
        discussion: """
            Takes settings from --from FILE (a Postman environment export, the credentials file of carto-auth, the \
            profiles of CARTO's command line), else from the environment; flags come before both. Asks for what is \
            missing; secrets are not shown while typed. Tries the result as `check --live` does, and writes it, readable \
            by you alone, to --config or to the place where `cartouche` looks first.

            cartouche init --from carto.postman_environment.json
            printf %s "$SECRET" | cartouche init --non-interactive --api-base-url … --client-id … --client-secret-file -

            Exit codes: 0 written; 2 something is missing or wrong, or the file exists; 3 a credential was rejected; 4 the \
            authorization server or the API cannot be reached.
            """)

    @Option(help: ArgumentHelp("Where to take settings from.", valueName: "file"))
    var from: String?

    @Option(help: ArgumentHelp("The profile to take, if the file has several.", valueName: "name"))
    var profile: String?

    @Flag(help: "Ask nothing; what is missing is an error.")
    var nonInteractive = false

    @Flag(help: "Write the configuration without trying it.")
    var skipCheck = false

    @Flag(help: "Replace the configuration file if there is one.")
    var force = false

    @OptionGroup var flags: SettingFlags

    func run() async throws {
        let environment = Startup.environment()
        guard let path = flags.config ?? EnvironmentImport.userFile(environment) else {
            throw Stop(.usage, "cartouche: no home folder to write to; name the file with --config")
        }
        // Before anything is asked.
        guard force || !SmallFile.exists(path) else {
            throw Stop(.usage, "cartouche: \(path) exists already; --force replaces it")
        }
        var draft = try InitSources(from: from, profile: profile, flags: flags, environment: environment).draft()
        for note in draft.notes { Output.standardError.write("note: \(note)") }
        let terminal = nonInteractive ? nil : Terminal()
        if let terminal { try InitQuestions(terminal: terminal).complete(&draft) }
        let loaded = try load(draft, as: path, environment)
        if !skipCheck { try await check(loaded.settings, terminal) }
        try write(draft, to: path)
    }

    /// Loads what would be written, and nothing else: the file has to suffice.
    private func load(_ draft: DraftSettings, as path: String, _ environment: [String: String]) throws -> LoadedSettings {
        var document = ConfigurationWriter.document(draft)
        defer { wipe(&document) }
        do throws(ConfigurationFailure) {
            return try SettingsLoader(environment: EnvironmentImport.withoutSettings(environment))
                .load(text: document, fileName: path)
        } catch {
            // Without their places, which would be lines of a file that is not there.
            let problems = error.problems.map { "cartouche: \($0.advice)" }
            throw Stop(.usage, problems.joined(separator: "\n") + "\ncartouche: nothing was written")
        }
    }

    private func check(_ settings: Settings, _ terminal: Terminal?) async throws {
        let log = Startup.log(settings.log)
        let proxy = try ProxyAssembly(settings: settings, log: log).proxySettingsOffline()
        guard let failure = try await LiveReport.run(proxy).failure else { return }
        guard let terminal else {
            throw Stop(failure.code, "\(failure.message)\ncartouche: nothing was written; --skip-check writes it untried")
        }
        Output.standardError.write(failure.message)
        guard try terminal.confirm("Write the configuration all the same?") else { throw Stop(failure.code, "") }
    }

    private func write(_ draft: DraftSettings, to path: String) throws(Stop) {
        do throws(ConfigurationWriter.Failure) {
            try ConfigurationWriter().write(draft, to: path, replacing: force)
        } catch {
            throw Stop(.usage, "cartouche: \(error.suggestion.map { "\(error.message); \($0)" } ?? error.message)")
        }
        let isDefault = flags.config == nil
        Output.standardOutput.write(
            """

            Written to \(path), readable by you alone. Now run
                cartouche\(isDefault ? "" : " --config \(path)")
            and, from another terminal,
                curl -G http://localhost:22786/v3/sql/carto_dw/query --data-urlencode 'q=SELECT 1 AS one'
            """)
    }
}
