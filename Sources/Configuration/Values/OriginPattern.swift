/// An origin whose pages may use the port (RFC 6454 §6.2), exact but for the port, which may be `*`.
///
/// `*` and `null` are refused: either would let any page of the web, or any sandboxed frame, in.
package struct OriginPattern: Hashable, Sendable {
    package enum Port: Hashable, Sendable {
        case any
        /// The number, or none for the scheme's default (or a scheme without ports).
        case exactly(UInt16?)
    }

    /// In lower case: `http`, `https`, or an application's (`chrome-extension`, `tauri`…).
    package let scheme: String
    /// In lower case, IPv6 in brackets.
    package let host: String
    package let port: Port

    /// Pages served on this machine.
    package static let loopback = ["localhost", "127.0.0.1", "[::1]"].map {
        OriginPattern(scheme: "http", host: $0, port: .any)
    }

    private init(scheme: String, host: String, port: Port) {
        self.scheme = scheme
        self.host = host
        self.port = port
    }

    package init(_ text: String) throws(ValueProblem) {
        let bytes = text.utf8.map(ASCII.lowercased)
        guard !bytes.elementsEqual("*".utf8), !bytes.elementsEqual("null".utf8) else {
            throw ValueProblem(
                "would let every web page use the port", suggestion: "name the origins, as https://app.example.com")
        }
        guard let colon = bytes.firstIndex(of: 0x3A), bytes[colon...].starts(with: "://".utf8), colon > 0 else {
            throw ValueProblem("is no origin", suggestion: "write SCHEME://HOST or SCHEME://HOST:PORT")
        }
        let schemeBytes = bytes[..<colon]
        // RFC 3986 §3.1
        guard ASCII.isLetter(schemeBytes[0]),
            schemeBytes.allSatisfy({ ASCII.isAlphanumeric($0) || "+-.".utf8.contains($0) })
        else { throw ValueProblem("has a scheme that is none") }
        let scheme = String(decoding: schemeBytes, as: UTF8.self)
        guard scheme != "file", scheme != "data" else {
            throw ValueProblem("has a scheme whose pages have no origin (they send null)")
        }
        let authority = bytes[(colon + 3)...]
        guard !authority.contains(0x2F), !authority.contains(0x3F), !authority.contains(0x23) else {
            throw ValueProblem("has a path; an origin has none", suggestion: "leave out what follows the host")
        }
        self.scheme = scheme
        if authority.elementsEqual("*".utf8) || authority.starts(with: "*.".utf8) {
            throw ValueProblem("has a wildcard for its host", suggestion: "name each host; only the port may be *")
        }
        if authority.suffix(2).elementsEqual(":*".utf8) {
            host = try HostName(authority.dropLast(2)).description
            port = .any
        } else {
            let (name, number) = try BaseURL.hostAndPort(authority)
            host = name.description
            // Browsers leave the scheme's own port out of the field, so it is left out here (RFC 6454 §6.2).
            port = .exactly(number == BaseURL.Scheme(rawValue: scheme)?.defaultPort ? nil : number)
        }
    }
}

extension OriginPattern: CustomStringConvertible {
    package var description: String {
        switch port {
        case .any: "\(scheme)://\(host):*"
        case .exactly(nil): "\(scheme)://\(host)"
        case .exactly(let number?): "\(scheme)://\(host):\(number)"
        }
    }
}
