extension SandboxAnswer {
    /// An answer whose content is one JSON document.
    init(json: JSONValue, status: Int = 200, fields: [(String, String)] = []) {
        self.init(
            status: status, fields: [("Content-Type", "application/json; charset=utf-8")] + fields,
            body: .bytes(JSONWriter.write(json)))
    }

    /// An answer without content (RFC 9110 §15.3.5).
    static var empty: SandboxAnswer { SandboxAnswer(status: 204) }
}
