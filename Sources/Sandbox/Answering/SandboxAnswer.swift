/// What the sandbox answers; its server adds framing and connection fields.
package struct SandboxAnswer: Sendable {
    package var status: Int
    package var fields: [(String, String)]
    package var body: SandboxBody

    package init(status: Int, fields: [(String, String)] = [], body: SandboxBody = .bytes([])) {
        self.status = status
        self.fields = fields
        self.body = body
    }

    /// The value of the first field of this name, the case of ASCII letters ignored.
    package func first(_ name: String) -> String? {
        for field in fields where equalIgnoringASCIICase(field.0.utf8, name.utf8) { return field.1 }
        return nil
    }
}
