import Wire

/// Writes the field lines of our own cross-origin answers. Upstream's never pass.
package enum CORSFields {
    /// For every answer, refusals included: a cached answer must not be given to a page of another origin,
    /// so `Vary` is there with and without a grant. The origin is the exact one of the request, never `*`.
    package static func append(_ grant: CORSGrant?, of head: borrowing RequestHead, to output: inout [UInt8]) {
        output.append("Vary: Origin\r\n")
        guard let grant else { return }
        appendOrigin(grant, head.storage.span, to: &output)
        output.append("Access-Control-Expose-Headers: ")
        output.append(exposed)
        output.append("\r\n")
    }

    /// For the 204 that answers a preflight.
    package static func append(_ answer: PreflightAnswer, of head: borrowing RequestHead, to output: inout [UInt8]) {
        let bytes = head.storage.span
        output.append("Vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers\r\n")
        appendOrigin(answer.grant, bytes, to: &output)
        output.append("Access-Control-Allow-Methods: GET, HEAD, POST, PUT, PATCH, DELETE\r\n")
        if let names = answer.question.fieldNames {
            output.append("Access-Control-Allow-Headers: ")
            output.append(copying: bytes.extracting(names.range))
            output.append("\r\n")
        }
        if answer.question.asksForPrivateNetwork { output.append("Access-Control-Allow-Private-Network: true\r\n") }
        if answer.question.asksForLocalNetwork { output.append("Access-Control-Allow-Local-Network: true\r\n") }
        // Two hours, the most browsers keep; each request is judged again, so a change takes effect at once.
        output.append("Access-Control-Max-Age: 7200\r\n")
    }

    private static func appendOrigin(_ grant: CORSGrant, _ bytes: Span<UInt8>, to output: inout [UInt8]) {
        output.append("Access-Control-Allow-Origin: ")
        output.append(copying: bytes.extracting(grant.origin.range))
        output.append("\r\n")
    }

    /// What scripts may read beyond the few fields they always may (Fetch Standard §4.8.1).
    private static let exposed: StaticString =
        "Cartouche-Error, Cartouche-Request-Id, Content-Disposition, Content-Encoding, Content-Length, Content-Location, Date, ETag, Location, Mcp-Protocol-Version, Mcp-Session-Id, Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset"
}
