/// An absolute URL to which paths are added: scheme, host, port and a path, nothing else.
///
/// Read strictly (RFC 3986 §3, no repair): user information, query and fragment are refused, and so is every
/// path whose meaning two readers could disagree on (percent-encodings, dot segments, empty segments,
/// backslashes, `;`). A trailing slash means the same as none and is dropped.
package struct BaseURL: Hashable, Sendable {
    package enum Scheme: String, Sendable {
        case http, https

        package var defaultPort: UInt16 {
            switch self {
            case .http: 80
            case .https: 443
            }
        }
    }

    /// What a URL stands for, and with it whether plain HTTP to another machine would give a secret away.
    package enum Purpose: Sendable {
        /// Credentials travel there: `http` for loopback hosts only; a trailing slash is dropped.
        case upstream
        /// The same for a URL that is used as it is: a trailing slash stays.
        case endpoint
        /// The address under which clients reach us.
        case ownAddress
    }

    package let scheme: Scheme
    package let host: HostName
    package let port: UInt16
    /// Empty, or beginning with a slash and not ending in one (an endpoint's may).
    package let path: String

    package init(_ text: String, for purpose: Purpose) throws(ValueProblem) {
        let bytes = Array(text.utf8)
        guard bytes.allSatisfy(ASCII.isVisible) else {
            throw ValueProblem("holds a space, a control character or a character outside ASCII")
        }
        let (scheme, afterScheme) = try Self.scheme(of: bytes[...])
        let authorityEnd = afterScheme.firstIndex { $0 == 0x2F || $0 == 0x3F || $0 == 0x23 } ?? afterScheme.endIndex
        let authority = afterScheme[..<authorityEnd]
        let rest = afterScheme[authorityEnd...]
        guard !authority.contains(0x40) else {
            throw ValueProblem(
                "holds a user name or password before an @", suggestion: "credentials have keys of their own")
        }
        guard !rest.contains(0x23) else { throw ValueProblem("has a fragment (#)") }
        guard !rest.contains(0x3F) else { throw ValueProblem("has a query (?)") }
        let (host, port) = try Self.hostAndPort(authority)
        if scheme == .http, !host.isLoopback, case .upstream = purpose { throw Self.plaintext }
        if scheme == .http, !host.isLoopback, case .endpoint = purpose { throw Self.plaintext }
        self.scheme = scheme
        self.host = host
        self.port = port ?? scheme.defaultPort
        self.path = try Self.checkedPath(rest, keepsTrailingSlash: purpose == .endpoint)
    }

    private init(scheme: Scheme, host: HostName, port: UInt16, path: String) {
        self.scheme = scheme
        self.host = host
        self.port = port
        self.path = path
    }

    /// One of our own constants: a DNS name in lower case, the usual port, no path.
    init(https name: String) {
        self.init(scheme: .https, host: .name(name), port: Scheme.https.defaultPort, path: "")
    }

    /// The same with `suffix` (beginning with a slash) added to the path.
    package func appending(path suffix: String) -> BaseURL {
        BaseURL(scheme: scheme, host: host, port: port, path: path + suffix)
    }

    private static let plaintext = ValueProblem(
        "would send credentials unencrypted: http:// is for loopback addresses", suggestion: "use https://")

    private static func scheme(of bytes: ArraySlice<UInt8>) throws(ValueProblem) -> (Scheme, ArraySlice<UInt8>) {
        guard let colon = bytes.firstIndex(of: 0x3A), bytes[colon...].starts(with: "://".utf8) else {
            throw ValueProblem("is no absolute URL", suggestion: "begin it with https://")
        }
        let name = String(decoding: bytes[..<colon].map(ASCII.lowercased), as: UTF8.self)
        guard let scheme = Scheme(rawValue: name) else {
            throw ValueProblem("has a scheme that is neither https nor http")
        }
        return (scheme, bytes[(colon + 3)...])
    }

    static func hostAndPort(_ authority: ArraySlice<UInt8>) throws(ValueProblem) -> (HostName, UInt16?) {
        let afterBrackets = authority.lastIndex(of: 0x5D) ?? authority.startIndex
        guard let colon = authority[afterBrackets...].lastIndex(of: 0x3A) else {
            return (try HostName(authority), nil)
        }
        guard let port = ASCII.decimal(authority[(colon + 1)...], limit: 65535), port > 0 else {
            throw ValueProblem("has a port that is no number from 1 to 65535")
        }
        return (try HostName(authority[..<colon]), UInt16(port))
    }

    private static func checkedPath(
        _ bytes: ArraySlice<UInt8>, keepsTrailingSlash: Bool
    ) throws(ValueProblem) -> String {
        var path = bytes
        if path.last == 0x2F, !keepsTrailingSlash || path.count == 1 { path = path.dropLast() }
        let segments = path.dropFirst().split(separator: 0x2F, omittingEmptySubsequences: false)
        for (index, segment) in segments.enumerated() {
            let isTrailing = keepsTrailingSlash && index == segments.count - 1
            guard !segment.isEmpty || path.isEmpty || isTrailing else {
                throw ValueProblem("has an empty path segment (//)")
            }
            guard !segment.elementsEqual(".".utf8), !segment.elementsEqual("..".utf8) else {
                throw ValueProblem("has a dot segment in its path")
            }
            guard segment.allSatisfy({ ASCII.isAlphanumeric($0) || "-._~!$&'()*+,=:@".utf8.contains($0) }) else {
                throw ValueProblem("has a character in its path that is not taken literally everywhere")
            }
        }
        return String(decoding: path, as: UTF8.self)
    }
}

extension BaseURL: CustomStringConvertible {
    /// Host and port as the `Host` field wants them: the scheme's default port is left out (RFC 9110 §7.2).
    package var authority: String {
        port == scheme.defaultPort ? host.description : "\(host):\(port)"
    }

    package var description: String { "\(scheme.rawValue)://\(authority)\(path)" }
}
