/// One field line of a head or trailer section: where its name and value lie, and which field it is.
package struct FieldLine: Equatable, Sendable {
    package var name: ByteSlice
    /// Without the whitespace around it (RFC 9112 §5.1).
    package var value: ByteSlice
    package var known: FieldName
    /// The field that a laxer reader may take this line for, though it is not: `Content_Length` for
    /// `Content-Length`, or a value that holds another field line. `.other` for ordinary lines.
    package var lookalike: FieldName

    package init(name: ByteSlice, value: ByteSlice, known: FieldName, lookalike: FieldName = .other) {
        self.name = name
        self.value = value
        self.known = known
        self.lookalike = lookalike
    }

    /// Whether the line imitates a field that frames, routes or authenticates. Not to be passed on.
    @inlinable
    package var isLookalike: Bool { lookalike != .other }
}
