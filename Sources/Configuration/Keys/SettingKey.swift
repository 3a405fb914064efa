/// One text given for a key, and where.
struct Piece {
    let text: String
    let place: Place
    /// The folder relative paths start from: that of the configuration file, or none for the working directory.
    var folder: String? = nil
    /// The user's home, for paths that begin with `~/`.
    var home: String? = nil
}

/// A key together with its type: how its texts become a value, and the value it has when not given.
struct SettingKey<Value: Sendable>: Sendable {
    let definition: KeyDefinition
    let standard: Value
    /// Reports every piece it cannot read, and then returns nil.
    let convert: @Sendable ([Piece], inout Findings) -> Value?

    /// A key with exactly one value.
    static func one(
        _ definition: KeyDefinition, standard: Value, parse: @escaping @Sendable (Piece) throws(ValueProblem) -> Value
    ) -> SettingKey {
        SettingKey(definition: definition, standard: standard) { pieces, findings in
            single(pieces, definition, &findings).flatMap { read($0, definition, &findings, parse) }
        }
    }

    /// A key with one value or none.
    static func optional<Element>(
        _ definition: KeyDefinition, parse: @escaping @Sendable (Piece) throws(ValueProblem) -> Element
    ) -> SettingKey where Value == Element? {
        SettingKey(definition: definition, standard: nil) { pieces, findings in
            single(pieces, definition, &findings).flatMap { read($0, definition, &findings, parse) }
        }
    }

    /// A key with any number of values; each text may stand for several. Repeated values count once.
    static func list<Element: Hashable>(
        _ definition: KeyDefinition, standard: Value,
        parse: @escaping @Sendable (Piece) throws(ValueProblem) -> [Element]
    ) -> SettingKey where Value == [Element] {
        SettingKey(definition: definition, standard: standard) { pieces, findings in
            var isComplete = true
            var elements: [Element] = []
            for piece in pieces {
                guard let parsed = read(piece, definition, &findings, parse) else {
                    isComplete = false
                    continue
                }
                for element in parsed where !elements.contains(element) { elements.append(element) }
            }
            return isComplete ? elements : nil
        }
    }

    private static func single(
        _ pieces: [Piece], _ definition: KeyDefinition, _ findings: inout Findings
    ) -> Piece? {
        guard let first = pieces.first, pieces.count == 1 else {
            if let second = pieces.dropFirst().first {
                findings.report(.valuesHaveTheirType, at: second.place, "\(definition.name) takes one value")
            }
            return nil
        }
        return first
    }

    private static func read<Result>(
        _ piece: Piece, _ definition: KeyDefinition, _ findings: inout Findings,
        _ parse: (Piece) throws(ValueProblem) -> Result
    ) -> Result? {
        do throws(ValueProblem) {
            return try parse(piece)
        } catch {
            let shown = definition.mayHoldSecret ? "" : " \(Quoted.text(piece.text))"
            findings.report(
                .valuesHaveTheirType, at: piece.place, "\(definition.name)\(shown) \(error.message)",
                suggestion: error.suggestion)
            return nil
        }
    }
}
