/// Reads the root of a configuration document.
enum FileLayer {
    static func read(
        _ root: DocumentNode, folder: String, home: String?, into given: inout GivenSettings,
        _ findings: inout Findings
    ) {
        guard case .mapping(let entries) = root.content else {
            findings.report(
                .filesAreWellFormed, at: root.place, "the file holds \(root.kindName) where keys and values belong",
                suggestion: "write one `key: value` per line")
            return
        }
        for entry in entries {
            guard let definition = KeyTable.definition(named: entry.key) else {
                findings.report(
                    .keysAreKnown, at: entry.place, "there is no key \(Quoted.key(entry.key))",
                    suggestion: suggestion(for: entry.key))
                continue
            }
            guard let value = value(entry, of: definition, folder: folder, home: home, &findings) else { continue }
            given.add(GivenSetting(layer: .file, place: entry.place, value: value), to: definition.name)
        }
    }

    static func value(
        _ entry: DocumentNode.Entry, of definition: KeyDefinition, folder: String, home: String?,
        _ findings: inout Findings
    ) -> GivenSetting.Value? {
        if definition.isStructure { return .structure(entry.value) }
        func report(_ node: DocumentNode, _ wanted: String) {
            findings.report(
                .valuesHaveTheirType, at: node.place, "\(definition.name) has \(node.kindName) where \(wanted) belongs",
                suggestion: node.content == .nothing ? "remove the line, or give a value" : nil)
        }
        switch entry.value.content {
        case .text(let text):
            return .pieces([Piece(text: text, place: entry.value.place, folder: folder, home: home)], isList: false)
        case .nothing, .mapping:
            report(entry.value, definition.isList ? "a list" : "a value")
            return nil
        case .list(let nodes):
            guard definition.isList || definition.kind == .command else {
                report(entry.value, "one value")
                return nil
            }
            var pieces: [Piece] = []
            for node in nodes {
                guard case .text(let text) = node.content else {
                    report(node, "a text")
                    continue
                }
                pieces.append(Piece(text: text, place: node.place, folder: folder, home: home))
            }
            return pieces.count == nodes.count ? .pieces(pieces, isList: true) : nil
        }
    }

    private static func suggestion(for name: String) -> String? {
        // Names of CARTO's tools are taken from the environment; in the file there is one name for each thing.
        if let own = KeyTable.all.first(where: { $0.cartoVariables.contains(name) }) { return "write \(own.name)" }
        return NearestName.of(name, among: KeyTable.all.map(\.name)).map { "did you mean \($0)?" }
    }
}
