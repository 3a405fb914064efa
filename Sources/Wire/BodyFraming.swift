/// How the body of a message is delimited (RFC 9112 §6.3).
package enum BodyFraming: Equatable, Sendable {
    case none
    /// Exactly that many bytes, which may be 0.
    case length(Int64)
    case chunked
    /// A response that ends with its connection.
    case untilClose

    /// The framing of a request; every doubt is an error, after which the connection must be closed.
    package static func ofRequest(_ head: borrowing RequestHead) throws(WireError) -> BodyFraming {
        // What some server behind us could take for a framing field would be framing we did not apply.
        for index in head.lines.indices {
            let lookalike = head.lines[index].lookalike
            guard lookalike != .contentLength, lookalike != .transferEncoding else { throw .framingLookalike }
        }
        if let framing = try stated(head.storage, head.lines, head.present, minorVersion: head.minorVersion) {
            return framing
        }
        // RFC 9112 §6.3 item 7.
        return .none
    }

    /// The framing of the answer to a request with that method.
    package static func ofResponse(
        _ head: borrowing ResponseHead, to method: Method
    ) throws(WireError) -> BodyFraming {
        // What is stated is checked even where it does not apply: the fields are passed on.
        let stated = try stated(head.storage, head.lines, head.present, minorVersion: head.minorVersion)
        // RFC 9112 §6.3 item 1.
        if method == .head || head.status < 200 || head.status == 204 || head.status == 304 { return .none }
        // RFC 9112 §6.3 item 2.
        if method == .connect, head.status < 300 { return .none }
        // RFC 9112 §6.3 item 8.
        return stated ?? .untilClose
    }

    /// RFC 9112 §6.3 items 3 to 6, which are the same for requests and responses.
    private static func stated(
        _ storage: borrowing [UInt8], _ lines: borrowing [FieldLine], _ present: FieldNameSet, minorVersion: UInt8
    ) throws(WireError) -> BodyFraming? {
        if present.contains(.transferEncoding) {
            // Item 3: both fields together are how requests are smuggled; which one rules is not ours to say.
            guard !present.contains(.contentLength) else { throw .contentLengthWithTransferEncoding }
            // RFC 9112 §6.1: HTTP/1.0 has no transfer codings; its framing would be faulty.
            guard minorVersion > 0 else { throw .transferEncodingInHTTP10 }
            try TransferCodings.check(storage.span, lines)
            return .chunked
        }
        guard present.contains(.contentLength) else { return nil }
        // Items 5 and 6. A repeated field is refused even with equal values.
        var length: Int64?
        for index in lines.indices where lines[index].known == .contentLength {
            guard length == nil else { throw .repeatedContentLength }
            guard let number = Decimal.parse(storage.span.extracting(lines[index].value.range)) else {
                throw .invalidContentLength
            }
            length = number
        }
        return length.map { .length($0) }
    }
}
