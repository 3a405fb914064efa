import ArgumentParser
import Configuration
import Confinement

struct ServeCommand: ServingCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the proxy (the default).",
        discussion: """
            Every setting can be given as a flag, as an environment variable (CARTOUCHE_<KEY>, and CARTO's own names) \
            or in the configuration file; flags win over the environment, the environment over the file. Secrets are \
            given by environment, file or command, never as flags.
            """)

    @OptionGroup var flags: SettingFlags

    func prepare(_ outside: Outside) throws -> ProxyRun {
        try ProxyRun(try Startup.source(flags, outside), outside: outside)
    }

    func names() -> [StewardName] {
        let outside = Outside(runsCommands: false)
        var names: [StewardName] = []
        // What is wrong with it the process that serves finds as well, and says.
        if let loaded = try? Startup.source(flags, outside).load(after: nil) { names = loaded.settings.names }
        return names + outside.names
    }
}
