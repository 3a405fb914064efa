import Policy

/// What a key may be used for, of what the policy allows: it narrows, and has no way to widen.
package struct KeyScope: Sendable {
    /// Nil: all routes.
    package var routes: PatternSet?
    /// The connections whose routes it may use, as they stand in the path; nil: all of them, and routes that have none.
    package var connections: [String]?
    /// Only requests that are known to only read.
    package var isReadOnly: Bool

    package init(routes: PatternSet? = nil, connections: [String]? = nil, isReadOnly: Bool = false) {
        self.routes = routes
        self.connections = connections
        self.isReadOnly = isReadOnly
    }

    /// For people, one line.
    package var text: String {
        var parts: [String] = []
        if let routes { parts.append("routes \(routes.text)") }
        if let connections { parts.append("connections \(connections.joined(separator: ", "))") }
        if isReadOnly { parts.append("only reading") }
        return parts.isEmpty ? "everything the policy allows" : parts.joined(separator: "; ")
    }
}
