import Credentials
import Secrets

/// What the bytes of a secret must look like to be of use.
package enum SecretContent: Equatable, Sendable {
    /// Printable text: it travels form-encoded.
    case clientSecret
    /// `b64token` (RFC 6750 §2.1): it travels in a field line.
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
        }
        guard content[0] != 0x20, content[content.count - 1] != 0x20 else { throw .surroundedBySpaces }
        guard self == .token, !BearerToken.isWellFormed(content) else { return }
        throw Self.namesAScheme(content) ? .namesAScheme : .notATokensCharacters
    }

    /// `Bearer`, in any case, and a space: copied along with the token.
    private static func namesAScheme(_ content: Span<UInt8>) -> Bool {
        let scheme = Array("bearer ".utf8)
        guard content.count > scheme.count else { return false }
        return scheme.indices.allSatisfy { content[$0] | 0x20 == scheme[$0] }
    }
}
