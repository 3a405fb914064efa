import ArgumentParser
import Configuration
import Logging
import Observability
import Proxy
import Transport

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the proxy (the default).",
        discussion: """
            Every setting can be given as a flag, as an environment variable (CARTOUCHE_<KEY>, and CARTO's own names) \
            or in the configuration file; flags win over the environment, the environment over the file. Secrets are \
            given by environment, file or command, never as flags.
            """)

    @OptionGroup var flags: SettingFlags

    func run() async throws {
        let loaded = try Startup.load(flags)
        let log = Startup.log(loaded.settings.log)
        for warning in loaded.warnings { log.logger.warning("\(warning)") }
        try await ProxyRun(settings: loaded.settings, log: log).run()
    }
}
