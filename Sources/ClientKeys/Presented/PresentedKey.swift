import Wire

/// The key a request carries. Where it may stand:
///
/// - `Authorization: Bearer KEY` (RFC 6750 §2.1), which every tool can send;
/// - `Cartouche-Key: KEY`, for clients that put something of their own into `Authorization`;
/// - `Authorization: Basic …` as the password, under any user name (RFC 7617), for tools that know only that.
///
/// What else stands in `Authorization` is none of ours: CARTO's libraries send a made-up bearer token if they are
/// given none, and it is not passed on.
package enum PresentedKey: Equatable, Sendable {
    case none
    case digest(KeyDigest)
    /// Meant for a key, and cut or mistyped.
    case malformed
    /// Several different ones: who asks is then a matter of opinion.
    case conflicting

    package static func of(_ head: borrowing RequestHead) -> PresentedKey {
        guard head.present.contains(.authorization) || head.present.contains(.cartoucheKey) else { return .none }
        var found = PresentedKey.none
        for index in head.lines.indices {
            let line = head.lines[index]
            let value = head.storage.span.extracting(line.value.range)
            switch line.known {
            case .cartoucheKey: found.add(key(value))
            case .authorization: if let key = keyOfAuthorization(value) { found.add(key) }
            default: break
            }
        }
        return found
    }

    private mutating func add(_ other: PresentedKey) {
        // The same one twice does no harm: some clients send it in every way they know.
        self = self == .none || self == other ? other : .conflicting
    }

    private static func key(_ bytes: Span<UInt8>) -> PresentedKey {
        guard KeyText.isWellFormed(bytes), let digest = KeyDigest(of: bytes) else { return .malformed }
        return .digest(digest)
    }

    /// Nil where it holds something else.
    private static func keyOfAuthorization(_ value: Span<UInt8>) -> PresentedKey? {
        var end = 0
        while end < value.count, value[end] != 0x20 { end += 1 }
        var start = end
        while start < value.count, value[start] == 0x20 { start += 1 }
        let scheme = value.extracting(0..<end)
        let credentials = value.extracting(start..<value.count)
        // RFC 9110 §11.1: the scheme's name is case-insensitive.
        if ByteComparison.equalIgnoringCase(scheme, "Bearer") {
            return KeyText.isMeant(credentials) ? key(credentials) : nil
        }
        guard ByteComparison.equalIgnoringCase(scheme, "Basic"),
            let password = BasicCredentials.password(of: credentials)
        else { return nil }
        return KeyText.isMeant(password.span) ? key(password.span) : nil
    }
}
