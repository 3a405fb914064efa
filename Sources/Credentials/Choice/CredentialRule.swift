/// Says which credentials serve some of the requests. Every condition given must hold.
package struct CredentialRule: Equatable, Sendable {
    package var listener: Int?
    package var route: Int?
    /// The connection's segment as it stands in a path, percent-encoding included; compared byte for byte.
    package var connection: [UInt8]?
    /// Whole segments: `/v3/sql` covers `/v3/sql` and `/v3/sql/x`, not `/v3/sqlite`.
    package var pathPrefix: [UInt8]?
    /// Names of credentials, of which the route's demand picks one.
    package var credentials: [String]

    package init(
        listener: Int? = nil, route: Int? = nil, connection: [UInt8]? = nil, pathPrefix: [UInt8]? = nil,
        credentials: [String]
    ) {
        self.listener = listener
        self.route = route
        self.connection = connection
        self.pathPrefix = pathPrefix
        self.credentials = credentials
    }

    func covers(listener: Int, route: Int, connection: Span<UInt8>, path: Span<UInt8>) -> Bool {
        if let wanted = self.listener, wanted != listener { return false }
        if let wanted = self.route, wanted != route { return false }
        if let wanted = self.connection {
            guard wanted.count == connection.count, Self.begins(connection, with: wanted) else { return false }
        }
        if let prefix = pathPrefix {
            guard Self.begins(path, with: prefix) else { return false }
            guard
                path.count == prefix.count || prefix.last == UInt8(ascii: "/")
                    || path[prefix.count] == UInt8(ascii: "/")
            else { return false }
        }
        return true
    }

    private static func begins(_ bytes: Span<UInt8>, with prefix: [UInt8]) -> Bool {
        guard bytes.count >= prefix.count else { return false }
        for index in prefix.indices where bytes[index] != prefix[index] { return false }
        return true
    }
}
