import Secrets

/// Settings taken from elsewhere, on their way into a configuration file.
package struct DraftSettings: Sendable {
    package enum Value: Sendable {
        case text(String)
        case secret(Secret)
    }

    /// By key.
    private(set) var values: [String: Value] = [:]
    /// What was found and not taken over, and why; never with a value.
    package private(set) var notes: [String] = []

    package init() {}

    /// Sets a key of the table; texts become secrets where the key is one. Unknown keys are left out.
    package mutating func set(_ key: String, to text: String) {
        guard let definition = KeyTable.definition(named: key) else { return }
        values[key] = definition.isSecret ? .secret(Secret(text)) : .text(text)
    }

    /// The same for a secret that never was a text.
    package mutating func set(_ key: String, to secret: Secret) {
        guard KeyTable.definition(named: key)?.isSecret == true else { return }
        values[key] = .secret(secret)
    }

    /// Takes over what `other` has and this draft has not.
    package mutating func fill(from other: DraftSettings) {
        values.merge(other.values) { own, _ in own }
        notes += other.notes
    }

    package mutating func remove(_ key: String) { values[key] = nil }

    package subscript(key: String) -> Value? { values[key] }

    /// In the order of the reference.
    package var entries: [(definition: KeyDefinition, value: Value)] {
        KeyTable.all.compactMap { definition in values[definition.name].map { (definition, $0) } }
    }

    mutating func note(_ text: String) { notes.append(text) }
}
