import ArgumentParser

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

    func prepare() throws -> ProxyRun { try ProxyRun(try Startup.source(flags)) }
}
