import ArgumentParser
import Configuration
import Credentials

struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Show what tokens there are, or print one for a script.",
        discussion: """
            Shows what a running cartouche of yours knows of each credential's token: its state, age, remaining life \
            and last error. Where none is running, or with --cached, it shows each credential of the configuration \
            with the token that is kept on disk. It asks no server.

            With --reveal it prints one token and nothing else: the one kept on disk, or a new one. It is never had \
            of a running cartouche, but with your own configuration: who can read the client's secret may have it, and \
            nobody else.

                curl -H "Authorization: Bearer $(cartouche token --reveal)" …
            """)

    @OptionGroup var flags: SettingFlags

    @Flag(help: "Print the token itself.")
    var reveal = false

    @Option(help: ArgumentHelp("The credential meant, where there are several.", valueName: "name"))
    var credential: String?

    @Flag(help: "Write JSON.")
    var json = false

    @Flag(help: "Show what is kept on disk, whatever is running.")
    var cached = false

    @Option(help: ArgumentHelp("The process to ask, where several run.", valueName: "number"))
    var pid: Int32?

    func run() async throws {
        if !reveal, !cached, let instance = try Instance.find(pid) {
            return Output.standardOutput.write(
                try instance.ask(.token(json ? .json : .text, credential: credential)))
        }
        let loaded = try Startup.load(flags)
        for warning in loaded.warnings { Output.standardError.write("cartouche: warning: \(warning)") }
        let chosen = try choose(from: loaded.settings.credentials)
        if reveal {
            for index in chosen { try await RevealedToken(settings: loaded.settings).write(index, asJSON: json) }
        } else {
            let store = ProxyAssembly.tokenStore(for: loaded.settings)
            let reports = chosen.map { CredentialReport(loaded.settings.credentials[$0], store: store) }
            Output.standardOutput.write(CredentialReport.text(reports, asJSON: json))
        }
    }

    /// The indices of the credentials meant; exactly one where one is to be printed.
    private func choose(from credentials: [CredentialSettings]) throws(Stop) -> [Int] {
        if let credential {
            guard let index = credentials.firstIndex(where: { $0.name == credential }) else {
                throw Stop(.usage, "cartouche: there is no credential \(credential): \(Self.names(of: credentials))")
            }
            return [index]
        }
        guard !reveal || credentials.count == 1 else {
            throw Stop(.usage, "cartouche: --credential has to say which: \(Self.names(of: credentials))")
        }
        return Array(credentials.indices)
    }

    private static func names(of credentials: [CredentialSettings]) -> String {
        credentials.map(\.name).joined(separator: ", ")
    }
}
