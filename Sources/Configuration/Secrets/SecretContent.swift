import Secrets

/// What the bytes of a secret must look like to be of use.
package enum SecretContent: Equatable, Sendable {
    /// Printable text: it travels form-encoded.
    case clientSecret
    /// Visible ASCII without spaces: it travels in a field line (RFC 6750 §2.1).
    case token

    /// The longest a secret may be, in bytes; more than any server takes in a header field.
    package static let limit = 16 << 10

    /// Takes the secret out of `bytes`, without the line end that editors and `echo` leave, and wipes them.
    package func secret(from bytes: inout [UInt8]) throws(SecretProblem) -> Secret {
        defer { wipe(&bytes) }
        var count = bytes.count
        if count > 0, bytes[count - 1] == 0x0A {
            count -= 1
            if count > 0, bytes[count - 1] == 0x0D { count -= 1 }
        }
        let content = bytes.span.extracting(first: count)
        try check(content)
        return Secret(copying: content)
    }

    private func check(_ content: Span<UInt8>) throws(SecretProblem) {
        guard content.count > 0 else { throw .empty }
        guard content.count <= Self.limit else { throw .tooLong }
        for index in content.indices {
            let byte = content[index]
            guard byte != 0x0A, byte != 0x0D else { throw .severalLines }
            guard byte >= 0x20, byte != 0x7F else { throw .controlCharacters }
            guard self == .clientSecret || byte <= 0x7F else { throw .notATokensCharacters }
        }
        guard content[0] != 0x20, content[content.count - 1] != 0x20 else { throw .surroundedBySpaces }
        guard self == .token else { return }
        for index in content.indices where content[index] == 0x20 {
            throw Self.beginsWithScheme(content, upTo: index) ? .namesAScheme : .notATokensCharacters
        }
    }

    private static func beginsWithScheme(_ content: Span<UInt8>, upTo space: Int) -> Bool {
        let scheme = Array("bearer".utf8)
        guard space == scheme.count else { return false }
        return scheme.indices.allSatisfy { content[$0] | 0x20 == scheme[$0] }
    }
}
