/// Every key with the value in force and where it came from, for people to read. Secrets show their source and
/// nothing else.
package struct SettingsSummary: Equatable, Sendable {
    package struct Line: Equatable, Sendable {
        package let key: String
        package let value: String
        /// Where it was given; none for a default.
        package let place: Place?
    }

    package let lines: [Line]
}

extension SettingsSummary: CustomStringConvertible {
    package var description: String {
        let width = lines.map(\.key.utf8.count).max() ?? 0
        return lines.map { line in
            let padding = String(repeating: " ", count: width - line.key.utf8.count)
            return "\(line.key)\(padding)  \(line.value)  (\(line.place.map(\.description) ?? "default"))"
        }.joined(separator: "\n")
    }
}

extension Assembly {
    func summary() -> SettingsSummary {
        SettingsSummary(
            lines: KeyTable.all.compactMap { definition in
                guard let setting = given.strongest(definition.name) else {
                    guard let standard = standard(of: definition) else { return nil }
                    return SettingsSummary.Line(key: definition.name, value: standard, place: nil)
                }
                return SettingsSummary.Line(
                    key: definition.name, value: shown(setting.value, of: definition), place: setting.place)
            })
    }

    private func standard(of definition: KeyDefinition) -> String? {
        definition.standard.isEmpty ? nil : definition.standard.joined(separator: ", ")
    }

    private func shown(_ value: GivenSetting.Value, of definition: KeyDefinition) -> String {
        switch value {
        case .serviceCredential: return "<secret>"
        case .structure(let node):
            guard case .list(let elements) = node.content else { return "" }
            return elements.count == 1 ? "1 element" : "\(elements.count) elements"
        case .pieces(let pieces, _):
            if definition.isSecret { return "<secret>" }
            // The arguments of a command may hold what opens the vault.
            if definition.kind == .command { return "<command>" }
            if definition.kind == .egressProxy { return pieces.map { EgressProxyURL.shown($0.text) }.joined() }
            return pieces.map { String(Quoted.text($0.text).dropFirst().dropLast()) }.joined(separator: ", ")
        }
    }
}
