/// The request methods a route can name; every other token is `.other` and keeps its bytes in
/// ``RequestHead/methodSlice``. Methods are case-sensitive (RFC 9110 §9.1).
package enum Method: UInt8, Equatable, Hashable, Sendable, CaseIterable {
    case get, head, post, put, patch, delete, options, trace, connect, other

    package init(_ bytes: Span<UInt8>) {
        switch bytes.count {
        case 3:
            self =
                ByteComparison.equal(bytes, "GET")
                ? .get : ByteComparison.equal(bytes, "PUT") ? .put : .other
        case 4:
            self =
                ByteComparison.equal(bytes, "POST")
                ? .post : ByteComparison.equal(bytes, "HEAD") ? .head : .other
        case 5:
            self =
                ByteComparison.equal(bytes, "PATCH")
                ? .patch : ByteComparison.equal(bytes, "TRACE") ? .trace : .other
        case 6: self = ByteComparison.equal(bytes, "DELETE") ? .delete : .other
        case 7:
            self =
                ByteComparison.equal(bytes, "OPTIONS")
                ? .options : ByteComparison.equal(bytes, "CONNECT") ? .connect : .other
        default: self = .other
        }
    }

    /// The token, or an empty string for `.other`.
    package var token: StaticString {
        switch self {
        case .get: "GET"
        case .head: "HEAD"
        case .post: "POST"
        case .put: "PUT"
        case .patch: "PATCH"
        case .delete: "DELETE"
        case .options: "OPTIONS"
        case .trace: "TRACE"
        case .connect: "CONNECT"
        case .other: ""
        }
    }

    /// RFC 9110 §9.2.1. What the method says; whether a route trusts it is the route's business.
    package var isSafe: Bool {
        switch self {
        case .get, .head, .options, .trace: true
        case .post, .put, .patch, .delete, .connect, .other: false
        }
    }

    /// RFC 9110 §9.2.2.
    package var isIdempotent: Bool {
        switch self {
        case .get, .head, .options, .trace, .put, .delete: true
        case .post, .patch, .connect, .other: false
        }
    }
}
