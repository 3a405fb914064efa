/// What a `Content-Encoding` (RFC 9110 §8.4) says, as far as we can undo it.
package enum ContentCoding: Equatable, Sendable {
    /// No coding, or the one word `identity`.
    case identity
    /// `gzip` or `x-gzip` once (§8.4.1.3).
    case gzip
    /// Another coding, an unknown one, or several: what was coded so is not opened.
    case other

    /// - Parameter contentEncoding: the field's value; empty when there is none. Several lines are several
    ///   codings: `.other`.
    package init(contentEncoding: Span<UInt8>) {
        var start = 0
        var end = contentEncoding.count
        while start < end, contentEncoding[start] == 0x20 || contentEncoding[start] == 0x09 { start &+= 1 }
        while start < end, contentEncoding[end &- 1] == 0x20 || contentEncoding[end &- 1] == 0x09 { end &-= 1 }
        let value = contentEncoding.extracting(start..<end)
        if value.isEmpty || value.equalsIgnoringCase("identity") {
            self = .identity
        } else if value.equalsIgnoringCase("gzip") || value.equalsIgnoringCase("x-gzip") {
            self = .gzip
        } else {
            self = .other
        }
    }
}
