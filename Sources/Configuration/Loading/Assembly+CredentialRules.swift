import Credentials

extension Assembly {
    static let keysOfCredentialRule = ["use", "connection", "path", "listener"]

    private static let reader = StructureReader(element: "a rule", keys: keysOfCredentialRule)

    mutating func credentialRules(listeners: [ListenAddress], names: [String]) -> [CredentialRule] {
        guard let list = structure(Keys.credentialRules) else { return [] }
        return Self.reader.elements(of: list, &findings).flatMap { entries in
            rules(entries, listeners: listeners, names: names, at: list.place)
        }
    }

    /// One rule for each listener meant: an address can stand for two.
    private mutating func rules(
        _ entries: [DocumentNode.Entry], listeners: [ListenAddress], names: [String], at list: Place
    ) -> [CredentialRule] {
        let used = Self.reader.texts("use", in: entries, &findings)
        if !entries.contains(where: { $0.key == "use" }) {
            findings.report(
                .requiredKeysAreGiven, at: entries.first?.place ?? list, "a rule uses no credential",
                suggestion: "add use: NAME")
        }
        for (name, place) in used where !names.contains(name) {
            findings.report(
                .settingsAgree, at: place, "there is no credential \(Quoted.text(name))",
                suggestion: NearestName.of(name, among: names).map { "did you mean \($0)?" }
                    ?? (names.isEmpty ? nil : "there are \(names.joined(separator: ", "))"))
        }
        let connection = Self.reader.text("connection", in: entries, &findings)
        let path = Self.reader.text("path", in: entries, &findings)
        if let path, path.0.utf8.first != 0x2F {
            findings.report(.valuesHaveTheirType, at: path.1, "path does not begin with a slash")
        }
        return indices(ofListenerIn: entries, listeners).map { listener in
            CredentialRule(
                listener: listener, connection: connection.map { Array($0.0.utf8) },
                pathPrefix: path.map { Array($0.0.utf8) }, credentials: used.map(\.0))
        }
    }

    /// The indices meant; one nil where the rule holds for every listener.
    private mutating func indices(
        ofListenerIn entries: [DocumentNode.Entry], _ listeners: [ListenAddress]
    ) -> [Int?] {
        guard let (text, place) = Self.reader.text("listener", in: entries, &findings) else { return [nil] }
        do throws(ValueProblem) {
            let wanted = try ListenAddress.parse(text)
            let indices = listeners.indices.filter { wanted.contains(listeners[$0]) }
            if indices.isEmpty {
                findings.report(
                    .settingsAgree, at: place, "listener \(Quoted.text(text)) is none of those listened on",
                    suggestion: "there are \(listeners.map(\.description).joined(separator: ", "))")
            }
            return indices
        } catch {
            findings.report(
                .valuesHaveTheirType, at: place, "listener \(Quoted.text(text)) \(error.message)",
                suggestion: error.suggestion)
            return []
        }
    }
}
