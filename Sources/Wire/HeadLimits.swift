/// How much of a head is taken before it is refused. All counts are bytes but ``fields``.
package struct HeadLimits: Equatable, Sendable {
    /// The start line without its CRLF. 16 KiB: CARTO's SQL routes take the query in the target.
    package var requestLine: Int
    /// The whole head with the empty line that ends it.
    package var head: Int
    /// Field lines.
    package var fields: Int

    package init(requestLine: Int = 16_384, head: Int = 32_768, fields: Int = 100) {
        self.requestLine = requestLine
        self.head = head
        self.fields = fields
    }

    package static let standard = HeadLimits()
}
