/// What an API Access Token opens: through which connections which sources, by which APIs, from where.
struct APIAccessToken: Sendable {
    let token: String
    var document: JSONValue

    /// Everything, as the token the sandbox starts with.
    init(opensEverything token: String) {
        self.token = token
        document = [
            "token": .text(token),
            "grants": [["connection_name": "*", "source": "*"]],
            "allowed_apis": ["sql", "maps", "imports", "lds"],
            "referers": [],
        ]
    }

    init(token: String, document: JSONValue) {
        self.token = token
        self.document = document
    }

    func allows(api: String) -> Bool {
        names("allowed_apis").contains { $0 == api }
    }

    /// Whether a request whose `Origin` is this one may use the token; one without is not held to the list.
    func allows(origin: String?) -> Bool {
        let referers = names("referers")
        guard let origin, !referers.isEmpty else { return true }
        return referers.contains { $0.utf8.elementsEqual(origin.utf8) || $0 == "*" }
    }

    /// Whether one of these names of a source is granted through the connection.
    func grants(connection: String, anyOf sources: [String]) -> Bool {
        for grant in document["grants"]?.asArray ?? [] {
            guard let name = grant["connection_name"]?.asText, let granted = grant["source"]?.asText else { continue }
            guard name == "*" || name.utf8.elementsEqual(connection.utf8) else { continue }
            if sources.contains(where: { Self.pattern(granted, matches: $0) }) { return true }
        }
        return false
    }

    /// An asterisk at the end of a pattern stands for anything.
    private static func pattern(_ pattern: String, matches source: String) -> Bool {
        guard pattern.utf8.last == UInt8(ascii: "*") else { return pattern.utf8.elementsEqual(source.utf8) }
        return source.utf8.starts(with: pattern.utf8.dropLast())
    }

    private func names(_ member: String) -> [String] {
        (document[member]?.asArray ?? []).compactMap(\.asText)
    }
}
