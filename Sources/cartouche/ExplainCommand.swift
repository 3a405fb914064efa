import ArgumentParser
import ClientKeys
import Configuration
import KeyStore
import Observability
import Proxy

struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say what would happen to a request, and which line of which file decides.",
        discussion: """
            Nothing is sent: the request goes through the same code as in the proxy, up to the point of leaving. \
            Parameters and fields that hold credentials are named, never shown.

            cartouche explain GET '/v3/sql/carto_dw/query?q=SELECT+1'
            cartouche explain --key-name maria DELETE /v3/sql/carto_dw/job/1
            cartouche explain -H 'Origin: https://maps.example.com' POST /v3/named-sources
            """)

    @Option(
        name: [.customShort("H"), .customLong("header")],
        help: ArgumentHelp("A field of the request; repeatable.", valueName: "name: value"))
    var headers: [String] = []

    @Option(
        help: ArgumentHelp(
            "What would happen with this key, by its name; without it the request's own counts.", valueName: "name"))
    var keyName: String?

    @Flag(help: "As JSON, for programs.")
    var json = false

    @OptionGroup var flags: SettingFlags

    @Argument(help: "The request's method.")
    var method: String

    @Argument(help: "The request's path, with its query if it has one.")
    var path: String

    func run() async throws {
        let settings = try Startup.loadForCommand(flags).settings
        let log = Startup.log(settings.log)
        var proxy = try ProxyAssembly(settings: settings, log: log).proxySettingsOffline()
        proxy.clients = try clients(settings.clients)
        let explanation = Explainer(settings: proxy).explain(try head(settings), keyName: keyName)
        let report = ExplainReport(explanation: explanation, settings: settings, method: method)
        Output.standardOutput.write(json ? report.value.text : report.text)
    }

    private func clients(_ settings: ClientSettings) throws(Stop) -> ClientBook? {
        guard settings.areAuthenticated || keyName != nil else { return nil }
        guard let path = settings.keysFile else { throw Stop(.usage, "cartouche: keys_file is not set") }
        let records = try KeyFile(path: path).records()
        if let keyName { _ = try records.index(of: keyName) }
        return ClientBook(records)
    }

    /// The request as a program on this machine would send it to the first listener.
    private func head(_ settings: Settings) throws -> [UInt8] {
        var lines = ["\(method) \(path) HTTP/1.1"]
        if !headers.contains(where: { $0.lowercased().hasPrefix("host:") }) { lines.append("Host: \(host(settings))") }
        lines += headers
        for line in lines where line.utf8.contains(where: { $0 < 0x20 && $0 != 0x09 }) {
            throw Stop(.usage, "cartouche: a control character is no part of a request's head")
        }
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }

    private func host(_ settings: Settings) -> String {
        guard case .tcp(let address, let port, _) = settings.listen.first else { return "localhost" }
        // A free port is not known yet.
        return port == 0 ? "localhost" : "\(ListenAddress.tcp(address, port: port))"
    }
}
