import ArgumentParser
import Configuration
import JSON
import Policy

struct RoutesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "routes",
        abstract: "List the route table: what is forwarded, with which kind of token, and what is denied.",
        discussion: """
            Configured rules come first, then the built-in rows. Which of several decides about a request is told by \
            `cartouche explain METHOD PATH`.
            """)

    @Flag(help: "As JSON, for programs.")
    var json = false

    @Flag(help: "The built-in table alone; needs no configuration.")
    var builtIn = false

    @OptionGroup var flags: SettingFlags

    func run() async throws {
        let routes = try builtIn ? Self.builtInRoutes() : Startup.loadForCommand(flags).settings.routes.routes
        let rows = routes.filter { !$0.isBuiltIn } + routes.filter(\.isBuiltIn)
        Output.standardOutput.write(json ? JSONValue.array(rows.map(Self.value)).text : Self.table(rows))
    }

    private static func builtInRoutes() throws -> [Route] {
        do {
            return try RouteTable(builtIn: BuiltInRoutes.rules()).routes
        } catch {
            throw Stop(.runtime, "cartouche: the built-in table is damaged: \(error)")
        }
    }

    private static func table(_ routes: [Route]) -> String {
        let header = ["METHODS", "NAME", "TOKEN", "ACCESS", "READS", "FROM", "PATH"]
        let rows = routes.map { route in
            [
                route.methods.subtracting(route.impliesHead ? .head : []).patternText, route.name, route.token.rawValue,
                route.access.word, route.reads.text, "\(route.origin)", route.template,
            ]
        }
        return TextTable([header] + rows).description
    }

    static func value(_ route: Route) -> JSONValue {
        .object([
            "name": .string(route.name),
            "api": .string(route.api),
            "methods": .strings(route.methods.methods.map { "\($0.token)" }),
            "path": .string(route.template),
            "upstream": .string(route.upstream.rawValue),
            "token": .string(route.token.rawValue),
            "credential": .optional(route.credential),
            "access": .string(route.access.word),
            "because": .optional(route.access.reason),
            "safe": .boolean(route.isSafe),
            "reads": .string(route.reads.word),
            "statement": .optional(route.reads.statement),
            "rewrite": .string(route.rewrite.rawValue),
            "stream": .boolean(route.isEventStream),
            "answer_timeout": route.answerTimeoutSeconds.map { .number($0) } ?? .null,
            "from": .string("\(route.origin)"),
            "inherits": .optional(route.inherited?.description),
        ])
    }
}
