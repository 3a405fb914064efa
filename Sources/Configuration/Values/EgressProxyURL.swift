import Secrets

/// The proxy through which connections leave, as `egress_proxy` and `HTTPS_PROXY` name it:
/// `http://USER:PASSWORD@HOST:PORT`, of which the host is all that is needed.
package struct EgressProxyURL: Sendable {
    package let host: HostName
    package let port: UInt16
    /// `USER:PASSWORD` (RFC 7617 §2), its percent-encodings decoded.
    package let credentials: Secret?

    /// Nil for `none`. No message repeats the text: it may hold a password.
    static func parse(_ text: String) throws(ValueProblem) -> EgressProxyURL? {
        text == "none" ? nil : try EgressProxyURL(text)
    }

    init(_ text: String) throws(ValueProblem) {
        let bytes = Array(text.utf8)
        guard bytes.allSatisfy(ASCII.isVisible) else {
            throw ValueProblem(
                "holds a space, a control character or a character outside ASCII",
                suggestion: "percent-encode what a user name or password has of them")
        }
        var authority = try Self.withoutScheme(bytes)
        if authority.last == 0x2F { authority.removeLast() }
        guard !authority.contains(where: { "/?#".utf8.contains($0) }) else {
            throw ValueProblem(
                "has a path, query or fragment", suggestion: "percent-encode what a password has of / ? #")
        }
        if let at = authority.lastIndex(of: 0x40) {
            credentials = try Self.credentials(authority[..<at])
            authority = authority[(at + 1)...]
        } else {
            credentials = nil
        }
        let (host, port) = try BaseURL.hostAndPort(authority)
        self.host = host
        self.port = port ?? BaseURL.Scheme.http.defaultPort
    }

    /// curl and others take `HOST:PORT`, too.
    private static func withoutScheme(_ bytes: [UInt8]) throws(ValueProblem) -> ArraySlice<UInt8> {
        guard let colon = bytes.firstIndex(of: 0x3A), bytes[colon...].starts(with: "://".utf8) else { return bytes[...] }
        switch String(decoding: bytes[..<colon].map(ASCII.lowercased), as: UTF8.self) {
        case "http": return bytes[(colon + 3)...]
        case "https":
            throw ValueProblem(
                "is a proxy that is spoken to under TLS, which is not done here",
                suggestion: "use its http:// port; what goes through it is under TLS all the same")
        default:
            throw ValueProblem(
                "is no HTTP proxy", suggestion: "give one that knows CONNECT: http://HOST:PORT; or none")
        }
    }

    private static func credentials(_ userinfo: ArraySlice<UInt8>) throws(ValueProblem) -> Secret {
        let colon = userinfo.firstIndex(of: 0x3A) ?? userinfo.endIndex
        var bytes: [UInt8] = []
        bytes.reserveCapacity(userinfo.count + 1)
        defer { wipe(&bytes) }
        try decode(userinfo[..<colon], into: &bytes)
        // RFC 7617 §2: the first colon ends the user name.
        guard !bytes.contains(0x3A) else { throw ValueProblem("has a colon in its user name") }
        bytes.append(0x3A)
        try decode(userinfo[colon...].dropFirst(), into: &bytes)
        guard !bytes.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
            throw ValueProblem("has a control character in its user name or password")
        }
        return Secret(copying: bytes.span)
    }

    private static func decode(_ text: ArraySlice<UInt8>, into bytes: inout [UInt8]) throws(ValueProblem) {
        var index = text.startIndex
        while index < text.endIndex {
            guard text[index] == 0x25 else {
                bytes.append(text[index])
                index += 1
                continue
            }
            guard index + 2 < text.endIndex, let high = ASCII.hexadecimalValue(text[index + 1]),
                let low = ASCII.hexadecimalValue(text[index + 2])
            else {
                throw ValueProblem(
                    "has a percent sign without two hexadecimal digits", suggestion: "write %25 for the sign itself")
            }
            bytes.append(high << 4 | low)
            index += 3
        }
    }
}

extension EgressProxyURL: CustomStringConvertible {
    /// Without its credentials.
    package var description: String { "http://\(host):\(port)" }

    /// What may be shown of a text that names a proxy: all but what stands before an `@`.
    static func shown(_ text: String) -> String {
        guard let at = text.utf8.lastIndex(of: 0x40) else { return text }
        let scheme = text.utf8.starts(with: "http://".utf8) ? "http://" : ""
        return "\(scheme)<secret>@\(text[text.utf8.index(after: at)...])"
    }
}
