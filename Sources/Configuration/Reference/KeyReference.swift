/// The reference of all keys, as Markdown tables, one for each chapter.
package enum KeyReference {
    package static var markdown: String {
        KeyDefinition.Chapter.allCases.map { chapter in
            let keys = KeyTable.all.filter { $0.chapter == chapter }
            let rows = keys.map { "| \(name(of: $0)) | \(standard(of: $0)) | \($0.help) |" }
            return "### \(chapter.rawValue)\n\n| key | default | |\n|---|---|---|\n" + rows.joined(separator: "\n")
                + "\n"
        }.joined(separator: "\n")
    }

    private static func name(of definition: KeyDefinition) -> String {
        var parts = ["`\(definition.name)`"]
        if !definition.cartoVariables.isEmpty {
            parts.append("also " + definition.cartoVariables.map { "`$\($0)`" }.joined(separator: ", "))
        }
        if definition.isStructure { parts.append("in the file only") }
        if definition.isSecret { parts.append("no flag") }
        return parts.joined(separator: "<br>")
    }

    private static func standard(of definition: KeyDefinition) -> String {
        if !definition.standard.isEmpty { return definition.standard.map { "`\($0)`" }.joined(separator: ", ") }
        return definition.standardNote ?? ""
    }
}
