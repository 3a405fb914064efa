import Policy

/// The route table of the CARTO API: the text of `config/routes.yaml`, compiled into the program.
package enum BuiltInRoutes {
    /// The name under which places in the table are shown.
    package static let fileName = "built-in routes.yaml"

    package static var text: [UInt8] { PackageResources.routes_yaml }

    /// Read once: that takes longer than all the rest of loading a configuration.
    private static let standard: (rules: [RouteRule], problems: [ConfigurationProblem]) = {
        var findings = Findings()
        return (rules(of: text, fileName: fileName, &findings), findings.problems)
    }()

    /// The rules of the table. It is part of the program and tested with it; a table that is wrong all the same
    /// is reported as a file of the user's would be.
    static func rules(_ findings: inout Findings) -> [RouteRule] {
        for problem in standard.problems { findings.report(problem) }
        return standard.rules
    }

    /// The rules of any text in the table's format.
    static func rules(of text: [UInt8], fileName: String, _ findings: inout Findings) -> [RouteRule] {
        do throws(ConfigurationProblem) {
            guard let root = try DocumentReader(fileName: fileName).read(text) else { return [] }
            guard case .mapping(let entries) = root.content, entries.count == 1, let routes = entries.first,
                routes.key == Keys.routes.name
            else {
                throw ConfigurationProblem(.filesAreWellFormed, at: root.place, "the file has one key, routes")
            }
            return RouteDecoder.rules(in: routes.value, &findings).map(\.rule)
        } catch {
            findings.report(error)
            return []
        }
    }

    /// The rules, for those who want the table without a configuration.
    package static func rules() throws(ConfigurationFailure) -> [RouteRule] {
        var findings = Findings()
        let rules = rules(&findings)
        guard findings.problems.isEmpty else {
            throw ConfigurationFailure(problems: findings.problems, warnings: findings.warnings)
        }
        return rules
    }
}
