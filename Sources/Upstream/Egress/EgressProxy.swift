import Credentials
import Secrets

/// An HTTP proxy through which connections leave this network: it is asked for a tunnel to each upstream (RFC 9110
/// §9.3.6) and sees nothing of what goes through it but TLS.
package final class EgressProxy: Sendable {
    /// A name, or an address without brackets.
    package let host: String
    package let port: UInt16
    private let credentials: Secret?
    /// The whole `Proxy-Authorization` line with its end; nil where the proxy asks for nothing.
    let authorization: Secret?

    /// - Parameter credentials: user name and password with a colon between (RFC 7617 §2).
    package init(host: String, port: UInt16, credentials: Secret? = nil) {
        self.host = host
        self.port = port
        self.credentials = credentials
        authorization = credentials.map { Self.line(Self.basic($0)) }
    }

    private static func basic(_ credentials: Secret) -> Secret {
        var bytes: [UInt8] = []
        defer { wipe(&bytes) }
        bytes.reserveCapacity(credentials.count * 2 + 4)
        credentials.withExposedBytes { Base64.append($0, to: &bytes) }
        return Secret(copying: bytes.span)
    }

    private static func line(_ value: Secret) -> Secret {
        var bytes: [UInt8] = []
        defer { wipe(&bytes) }
        bytes.reserveCapacity(value.count + 40)
        bytes.append(contentsOf: "Proxy-Authorization: Basic ".utf8)
        value.withExposedBytes { span in for index in span.indices { bytes.append(span[index]) } }
        bytes.append(contentsOf: "\r\n".utf8)
        return Secret(copying: bytes.span)
    }

    /// What no answer may hold: the password, and both as they travel.
    package var secrets: [Secret] {
        guard let credentials else { return [] }
        let password = credentials.withExposedBytes { span -> Secret in
            var start = 0
            while start < span.count, span[start] != UInt8(ascii: ":") { start += 1 }
            return Secret(copying: span.extracting(min(start + 1, span.count)..<span.count))
        }
        return [password, Self.basic(credentials)]
    }
}

extension EgressProxy: Equatable {
    package static func == (one: EgressProxy, other: EgressProxy) -> Bool {
        guard one.host == other.host, one.port == other.port else { return false }
        switch (one.authorization, other.authorization) {
        case (nil, nil): return true
        case (let mine?, let theirs?): return mine.matches(theirs)
        case (nil, _?), (_?, nil): return false
        }
    }
}
