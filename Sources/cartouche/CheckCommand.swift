import ArgumentParser
import ClientKeys
import Configuration
import KeyStore
import Proxy
import Transport

struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check the configuration; with --live, the credentials too.",
        discussion: """
            Prints every setting in force and where it was given; secrets show their source only. With --live, each \
            credential is tried: a token is got where one has to be, and GET /v3/lds/stats is asked of the API with it, \
            which runs no SQL and costs nothing.

            Exit codes: 0 all well; 2 the configuration is wrong; 3 a credential was rejected; 4 the authorization \
            server or the API cannot be reached.
            """)

    @Flag(help: "Try the credentials: token, then one cheap request.")
    var live = false

    @OptionGroup var flags: SettingFlags

    func run() async throws {
        let loaded = try Startup.loadForCommand(flags)
        Output.standardOutput.write(loaded.summary.description)
        let log = Startup.log(loaded.settings.log)
        // Serving would begin with this, and can fail on it.
        let proxy = try ProxyAssembly(settings: loaded.settings, log: log)
            .proxySettingsOffline()
        if loaded.settings.clients.areAuthenticated { try reportKeys(loaded.settings.clients) }
        guard live else { return }
        try await LiveReport.run(proxy).conclude()
    }

    private func reportKeys(_ clients: ClientSettings) throws(Stop) {
        guard let path = clients.keysFile else { throw Stop(.usage, "cartouche: keys_file is not set") }
        let records = try KeyFile(path: path).records()
        guard !records.isEmpty else {
            throw Stop(.usage, "cartouche: there are no keys in \(path), and clients have to show one: cartouche keys add NAME")
        }
        let now = Clock.wallSeconds
        let open = records.count { $0.revoked == nil && $0.expires.map { $0 > now } ?? true }
        Output.standardOutput.write("\n\(open) of \(records.count) keys in \(path) open something: cartouche keys list")
    }
}
