/// Reads `CARTOUCHE_…` variables and those of CARTO's own tools. Empty ones count as not set, as container
/// tools set variables to nothing where a value is missing.
enum EnvironmentLayer {
    static let prefix = "CARTOUCHE_"
    /// Names the configuration file; no key of its own.
    static let fileVariable = "CARTOUCHE_CONFIG"

    static func read(_ environment: [String: String], into given: inout GivenSettings, _ findings: inout Findings) {
        for definition in KeyTable.all where definition.hasVariable {
            if let text = value(definition.variable, environment) {
                add(text, of: definition.variable, to: definition, .environment, environment, &given)
            }
            addCartoVariables(of: definition, environment, &given, &findings)
        }
        warnOfUnknown(environment, &findings)
    }

    private static func addCartoVariables(
        of definition: KeyDefinition, _ environment: [String: String], _ given: inout GivenSettings,
        _ findings: inout Findings
    ) {
        var first: (name: String, text: String)?
        for name in definition.cartoVariables {
            guard let text = value(name, environment) else { continue }
            guard let earlier = first else {
                first = (name, text)
                add(text, of: name, to: definition, .cartoEnvironment, environment, &given)
                continue
            }
            guard earlier.text != text, value(definition.variable, environment) == nil else { continue }
            let problem = ConfigurationProblem(
                .settingsAgree, at: .variable(name),
                "\(definition.name) is given by $\(earlier.name) too, and the two differ",
                suggestion: "unset one of them, or set $\(definition.variable)")
            // The first one it is then, as with curl.
            definition.isConventional ? findings.warn(problem) : findings.report(problem)
        }
    }

    private static func value(_ name: String, _ environment: [String: String]) -> String? {
        environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    private static func add(
        _ text: String, of variable: String, to definition: KeyDefinition, _ layer: Layer,
        _ environment: [String: String], _ given: inout GivenSettings
    ) {
        let texts = definition.isList ? elements(of: text) : [text]
        let pieces = texts.map { Piece(text: $0, place: .variable(variable), home: environment["HOME"]) }
        given.add(
            GivenSetting(layer: layer, place: .variable(variable), value: .pieces(pieces, isList: false)),
            to: definition.name)
    }

    /// The elements of a list stand between commas, with or without spaces.
    private static func elements(of text: String) -> [String] {
        text.utf8.split(separator: 0x2C).compactMap { part in
            let trimmed = part.drop { $0 == 0x20 }
            let end = trimmed.lastIndex { $0 != 0x20 }
            return end.map { String(decoding: trimmed[...$0], as: UTF8.self) }
        }
    }

    /// A warning, not an error: other software sets such variables too. Kubernetes does for every service
    /// named `cartouche`.
    private static func warnOfUnknown(_ environment: [String: String], _ findings: inout Findings) {
        let known = KeyTable.all.filter(\.hasVariable).map(\.variable) + [fileVariable]
        for name in environment.keys.sorted() where name.utf8.starts(with: prefix.utf8) && !known.contains(name) {
            findings.warn(
                .variablesAreKnown, at: .variable(name), "this variable is not one of ours and is ignored",
                suggestion: NearestName.of(name, among: known).map { "did you mean $\($0)?" })
        }
    }
}
