import ArgumentParser
import Configuration
import Confinement
import Sandbox

struct DemoCommand: ServingCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Run the proxy before a CARTO of its own: no account, no network.",
        discussion: """
            Starts a small CARTO inside this program (authorization server, API, accounts, AI; with TLS under a \
            certificate authority made for this run) and the proxy before it, as in real life. Routes that are denied \
            by default are allowed here.
            """)

    @Option(help: ArgumentHelp("An address to listen on; repeatable. Port 0: any free one.", valueName: "address"))
    var listen: [String] = []

    @Option(help: ArgumentHelp("How log records are written: text or json.", valueName: "format"))
    var logFormat: String?

    @Option(help: ArgumentHelp("The least severe records written.", valueName: "level"))
    var logLevel: String?

    @Option(help: ArgumentHelp("One record per request: on or off.", valueName: "on|off"))
    var accessLog: String?

    func prepare(_ outside: Outside) throws -> DemoRun {
        let identity = SandboxIdentity.random()
        let sandbox = try open(identity)
        let proxy = try ProxyRun(
            source(DemoConfiguration.text(identity: identity, urls: sandbox.urls)),
            authorities: sandbox.certificateAuthority, outside: outside
        ) { Output.standardOutput.write(DemoConfiguration.greeting($0)) }
        return DemoRun(sandbox: sandbox, proxy: proxy)
    }

    /// Its configuration stands in the program, and is what it was.
    func names() -> [StewardName] { [] }

    private func open(_ identity: SandboxIdentity) throws(Stop) -> PreparedSandbox {
        var settings = SandboxSettings()
        settings.gzip = Gzip.compress
        do throws(SandboxServerError) {
            return try PreparedSandbox(identity: identity, settings: settings)
        } catch {
            throw DemoRun.failure(error)
        }
    }

    private func source(_ text: [UInt8]) -> TextSource {
        var flags: [String: [String]] = listen.isEmpty ? [:] : ["listen": listen]
        for (key, value) in [("log_format", logFormat), ("log_level", logLevel), ("access_log", accessLog)] {
            if let value { flags[key] = [value] }
        }
        // Nothing of the environment: the demo is the same on every machine.
        return TextSource(SettingsLoader(environment: [:]), flags: flags, text: text, fileName: "demo")
    }
}
