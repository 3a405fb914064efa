import Yams

/// Reads one YAML document into ``DocumentNode``s. The only place that knows the YAML library.
package struct DocumentReader {
    /// Configuration nests four levels at most; what goes deeper is a mistake or an attack on the stack.
    private static let depthLimit = 8

    /// Shown in the places of nodes.
    private let fileName: String

    package init(fileName: String) { self.fileName = fileName }

    /// - Returns: the root, or nil when the document is empty.
    package func read(_ bytes: [UInt8]) throws(ConfigurationProblem) -> DocumentNode? {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw malformed(line: 1, column: 1, "the file is not UTF-8")
        }
        do {
            // No resolver: guessing types from spellings is what makes `no` a boolean, and costs seven
            // regular expressions per scalar.
            let parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
            // Nodes hold their anchors weakly; the parser keeps them for as long as it lives.
            return try withExtendedLifetime(parser) { try parser.singleRoot().map { try convert($0, depth: 0) } }
        } catch let problem as ConfigurationProblem {
            throw problem
        } catch let error as YamlError {
            throw problem(for: error)
        } catch {
            throw malformed(line: 1, column: 1, "the file is no YAML document")
        }
    }

    private func convert(_ node: Node, depth: Int) throws(ConfigurationProblem) -> DocumentNode {
        let place = place(of: node)
        guard node.anchor == nil else {
            throw ConfigurationProblem(.filesAreWellFormed, at: place, "anchors and aliases are not supported")
        }
        guard depth < Self.depthLimit else {
            throw ConfigurationProblem(.filesAreWellFormed, at: place, "values are nested too deeply")
        }
        let content: DocumentNode.Content
        switch node {
        case .scalar(let scalar):
            content = Self.isNothing(scalar) ? .nothing : .text(scalar.string)
        case .sequence(let sequence):
            var elements: [DocumentNode] = []
            elements.reserveCapacity(sequence.count)
            for element in sequence { elements.append(try convert(element, depth: depth + 1)) }
            content = .list(elements)
        case .mapping(let mapping):
            var entries: [DocumentNode.Entry] = []
            entries.reserveCapacity(mapping.count)
            for (key, value) in mapping {
                guard case .scalar(let name) = key, key.anchor == nil else {
                    throw ConfigurationProblem(.filesAreWellFormed, at: self.place(of: key), "a key is no text")
                }
                entries.append(
                    DocumentNode.Entry(
                        key: name.string, place: self.place(of: key), value: try convert(value, depth: depth + 1)))
            }
            content = .mapping(entries)
        case .alias:
            throw ConfigurationProblem(.filesAreWellFormed, at: place, "anchors and aliases are not supported")
        }
        return DocumentNode(content: content, place: place)
    }

    private static func isNothing(_ scalar: Node.Scalar) -> Bool {
        guard scalar.style == .plain else { return false }
        return ["", "~", "null"].contains(scalar.string)
    }

    private func place(of node: Node) -> Place {
        .file(fileName, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
    }

    private func malformed(line: Int, column: Int, _ message: String) -> ConfigurationProblem {
        ConfigurationProblem(.filesAreWellFormed, at: .file(fileName, line: line, column: column), message)
    }

    /// The library's own descriptions quote the line, which may hold a secret: only its fixed texts are used.
    private func problem(for error: YamlError) -> ConfigurationProblem {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return malformed(line: mark.line, column: mark.column, "the file is no YAML: \(problem)")
        case .duplicatedKeysInMapping(let duplicates, let context):
            let names = duplicates.map(Quoted.key).joined(separator: ", ")
            return malformed(
                line: context.mark.line, column: context.mark.column, "given more than once: \(names)")
        case .reader(let problem, _, _, _):
            return malformed(line: 1, column: 1, "the file is no YAML: \(problem)")
        case .no, .memory, .writer, .emitter, .representer, .dataCouldNotBeDecoded:
            return malformed(line: 1, column: 1, "the file is no YAML document")
        }
    }
}
