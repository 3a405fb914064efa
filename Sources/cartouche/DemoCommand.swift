import ArgumentParser

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Run the proxy before a CARTO of its own: no account, no network.")

    func run() async throws {}
}
