import Credentials
import Secrets

/// Which credentials are in use, by numbers that stay with them from one configuration to the next: who is not
/// changed keeps tokens and machine.
struct CredentialRoll: Sendable {
    private struct Entry: Sendable {
        let number: Int
        let name: String
        var credential: ProxySettings.Credential
    }

    private var entries: [Entry] = []
    private var lastNumber = 0

    /// In the order of the book in force.
    var numbers: [Int] { entries.map(\.number) }

    /// Gives each credential of the next configuration its number.
    mutating func call(_ settings: ProxySettings) {
        var left = entries
        var next: [Entry] = []
        for (entry, credential) in zip(settings.book.entries, settings.credentials) {
            let known =
                left.firstIndex { $0.name == entry.name && $0.credential.isSame(as: credential) }
                ?? left.firstIndex { $0.credential.isEqual(to: credential) }
            if let known {
                next.append(Entry(number: left[known].number, name: entry.name, credential: credential))
                left.remove(at: known)
            } else {
                lastNumber += 1
                next.append(Entry(number: lastNumber, name: entry.name, credential: credential))
            }
        }
        entries = next
    }

    /// The number of the credential at that place of the book; nil where there is none.
    func number(at index: Int) -> Int? { entries.indices.contains(index) ? entries[index].number : nil }

    /// Takes note of what has taken a secret's place.
    mutating func replace(at index: Int, by replacement: CredentialReplacement) {
        guard entries.indices.contains(index) else { return }
        entries[index].credential.replace(by: replacement)
    }
}

extension ProxySettings.Credential {
    /// Puts another secret into the place of its own; one of another kind is not taken.
    mutating func replace(by replacement: CredentialReplacement) {
        switch (self, replacement) {
        case (.fixed, .token(let token)): self = .fixed(token)
        case (.client(let name, let client, _, let endpoint), .clientSecret(let secret)):
            self = .client(name: name, client, secret: secret, endpoint: endpoint)
        case (.fixed, .clientSecret), (.client, .token): break
        }
    }

    /// Whether the one's tokens are the other's: of a client whatever its secret, since a new secret gets tokens for
    /// the same client.
    fileprivate func isSame(as other: ProxySettings.Credential) -> Bool {
        switch (self, other) {
        case (.fixed(let one), .fixed(let other)): one.kind == other.kind && one.secret.matches(other.secret)
        case (.client(_, let one, _, _), .client(_, let other, _, _)): one == other
        case (.fixed, .client), (.client, .fixed): false
        }
    }

    /// The same with the same secret.
    fileprivate func isEqual(to other: ProxySettings.Credential) -> Bool {
        guard isSame(as: other) else { return false }
        if case .client(_, _, let one, _) = self, case .client(_, _, let other, _) = other { return one.matches(other) }
        return true
    }
}
