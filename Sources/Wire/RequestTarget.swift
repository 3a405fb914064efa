/// The target of a request line (RFC 9112 §3.2), split once; policy and forwarding use this split.
package struct RequestTarget: Equatable, Sendable {
    package enum Form: Equatable, Sendable { case origin, absolute, asterisk, authority }

    package var form: Form
    package var whole: ByteSlice
    /// `http` or `https` in any case of letters; absolute form only.
    package var scheme: ByteSlice?
    /// Absolute and authority form only; a valid ``Authority``.
    package var authority: ByteSlice?
    /// Begins with `/`. Empty in asterisk and authority form, and in an absolute form without a path,
    /// where it means `/` (or `*` for OPTIONS without a query, RFC 9112 §3.2.4).
    package var path: ByteSlice
    /// Behind the first `?`; `nil` without one.
    package var query: ByteSlice?

    package static let empty = RequestTarget(form: .origin, whole: .empty, path: .empty)

    package init(
        form: Form, whole: ByteSlice, scheme: ByteSlice? = nil, authority: ByteSlice? = nil, path: ByteSlice,
        query: ByteSlice? = nil
    ) {
        self.form = form
        self.whole = whole
        self.scheme = scheme
        self.authority = authority
        self.path = path
        self.query = query
    }
}
