/// One request as the sandbox's server read it from the wire.
package struct SandboxRequest: Sendable {
    /// As sent; methods are case-sensitive (RFC 9110 §9.1).
    package var method: String
    /// The target's path, percent-encoded as it came.
    package var path: String
    /// What stood behind the `?`, as it came; empty without one.
    package var query: String
    package var fields: [(name: String, value: String)]
    /// The content, or its beginning when the server kept only that.
    package var body: [UInt8]
    /// How many bytes of content came in all: more than `body.count` when the server dropped the rest.
    package var receivedBytes: Int64

    package init(
        method: String, path: String, query: String = "", fields: [(name: String, value: String)] = [],
        body: [UInt8] = [], receivedBytes: Int64? = nil
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.fields = fields
        self.body = body
        self.receivedBytes = receivedBytes ?? Int64(clamping: body.count)
    }

    /// The value of the first field line of this name, the case of ASCII letters ignored (RFC 9110 §5.1).
    package func first(_ name: String) -> String? {
        for field in fields where equalIgnoringASCIICase(field.name.utf8, name.utf8) { return field.value }
        return nil
    }
}
