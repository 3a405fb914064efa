import Secrets

/// A token, made ready to be written: the whole `Authorization` line (RFC 6750 §2.1), kept as one secret.
package struct BearerCredential: Sendable {
    let line: Secret

    /// nil where the token holds a byte that a token cannot have (RFC 6750's b64token and a little more:
    /// visible ASCII); such a byte could end the line and begin another.
    package init?(token: Secret) {
        var bytes = Array("Authorization: Bearer ".utf8)
        defer { wipe(&bytes) }
        bytes.reserveCapacity(bytes.count + token.count + 2)
        let isClean = token.withExposedBytes { span in
            guard !span.isEmpty else { return false }
            for index in span.indices {
                guard span[index] > 0x20, span[index] < 0x7F else { return false }
                bytes.append(span[index])
            }
            return true
        }
        guard isClean else { return nil }
        bytes.append(contentsOf: [0x0D, 0x0A])
        line = Secret(copying: bytes.span)
    }
}
