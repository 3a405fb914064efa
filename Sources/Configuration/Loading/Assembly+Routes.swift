import Policy

extension Assembly {
    /// The built-in routes with those of the configuration before them.
    mutating func routeTable(credentials: [String]) -> RouteTable? {
        let configured = structure(Keys.routes).map { RouteDecoder.rules(in: $0, &findings) } ?? []
        for decoded in configured {
            guard let name = decoded.rule.credential, !credentials.contains(name) else { continue }
            findings.report(
                .settingsAgree, at: decoded.place,
                "a route names the credential \(Quoted.text(name)), which there is not",
                suggestion: NearestName.of(name, among: credentials).map { "did you mean \($0)?" }
                    ?? (credentials.isEmpty ? nil : "there are \(credentials.joined(separator: ", "))"))
        }
        let builtIn = BuiltInRoutes.rules(&findings)
        do throws(PolicyProblems) {
            return try RouteTable(builtIn: builtIn, configured: configured.map(\.rule))
        } catch {
            for problem in error.all {
                let place = configured.first { $0.rule.origin == problem.origin }?.place
                findings.report(
                    .settingsAgree,
                    at: place ?? .file(problem.origin.file, line: problem.origin.line, column: 1),
                    problem.error.explanation)
            }
            return nil
        }
    }
}
