/// Takes a list of mappings out of the file: every element is checked to have only keys that are known.
struct StructureReader {
    /// What an element is called in problems: "a rule".
    let element: String
    let keys: [String]

    /// The elements that are mappings; what is not is reported.
    func elements(of node: DocumentNode, _ findings: inout Findings) -> [[DocumentNode.Entry]] {
        guard case .list(let nodes) = node.content else {
            findings.report(
                .valuesHaveTheirType, at: node.place, "there is \(node.kindName) where a list belongs",
                suggestion: "begin each element with \"- \"")
            return []
        }
        return nodes.compactMap { node in
            guard case .mapping(let entries) = node.content else {
                findings.report(
                    .valuesHaveTheirType, at: node.place, "there is \(node.kindName) where \(element) belongs")
                return nil
            }
            return entries.filter { isKnown($0, &findings) }
        }
    }

    /// The text of a key, if it is there; anything else under it is reported.
    func text(_ key: String, in entries: [DocumentNode.Entry], _ findings: inout Findings) -> (String, Place)? {
        guard let entry = entries.first(where: { $0.key == key }) else { return nil }
        guard case .text(let text) = entry.value.content, !text.isEmpty else {
            findings.report(
                .valuesHaveTheirType, at: entry.value.place, "\(key) has \(entry.value.kindName) where a text belongs")
            return nil
        }
        return (text, entry.value.place)
    }

    /// The texts of a key: one, or a list of them.
    func texts(_ key: String, in entries: [DocumentNode.Entry], _ findings: inout Findings) -> [(String, Place)] {
        guard let entry = entries.first(where: { $0.key == key }) else { return [] }
        let nodes = if case .list(let nodes) = entry.value.content { nodes } else { [entry.value] }
        return nodes.compactMap { node in
            if case .text(let text) = node.content, !text.isEmpty { return (text, node.place) }
            findings.report(
                .valuesHaveTheirType, at: node.place, "\(key) has \(node.kindName) where a text belongs")
            return nil
        }
    }

    private func isKnown(_ entry: DocumentNode.Entry, _ findings: inout Findings) -> Bool {
        if keys.contains(entry.key) { return true }
        findings.report(
            .keysAreKnown, at: entry.place, "\(element) has no key \(Quoted.key(entry.key))",
            suggestion: NearestName.of(entry.key, among: keys).map { "did you mean \($0)?" }
                ?? "its keys are \(keys.joined(separator: ", "))")
        return false
    }
}
