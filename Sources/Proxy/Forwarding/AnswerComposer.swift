import Wire

/// Writes the head of the answer that goes to the client, from parsed values.
///
/// What goes: everything of the upstream connection only, the upstream's word on who may read the answer, its
/// cookies and challenges, and what would bind the client's browser to rules made for another host.
enum AnswerComposer {
    /// How the body will be framed towards the client.
    enum Framing: Equatable {
        /// No body, and no field about one.
        case none
        /// No body, but the length it would have (HEAD, 304).
        case announced(Int64)
        case length(Int64)
        case chunked
        /// Until the connection closes: HTTP/1.0 clients.
        case untilClose

        /// Whether a body may come that is longer, in bytes.
        func mayExceed(_ length: Int) -> Bool {
            switch self {
            case .none, .announced: false
            case .length(let stated): stated > length
            case .chunked, .untilClose: true
            }
        }
    }

    static let removed = FieldNameSet.hopByHop
        .union(.framing)
        .union(.accessControlResponse)
        .union(.own)
        .union([
            .setCookie, .setCookie2, .authorization, .wwwAuthenticate, .authenticationInfo, .authenticationControl,
            .altSvc, .strictTransportSecurity, .publicKeyPins, .nel, .reportTo, .reportingEndpoints, .clearSiteData,
            .serviceWorkerAllowed, .refresh, .location, .contentLocation, .via, .secWebSocketAccept,
        ])

    /// Also gone where the body is not the upstream's any more: what describes that one (RFC 9110 §8.8, §15.3.7).
    static let removedWithBody: FieldNameSet = [
        .etag, .lastModified, .contentMD5, .digest, .contentDigest, .reprDigest, .acceptRanges, .contentRange,
        .cacheControl, .expires, .pragma, .age,
    ]

    static func appendStatusLine(_ head: borrowing ResponseHead, to output: inout [UInt8]) {
        HeadWriter.appendStatusLine(
            head.status, reason: head.storage.span.extracting(head.reason.range), to: &output)
    }

    /// The upstream's own fields that may pass.
    static func appendFields(
        _ head: borrowing ResponseHead, options: ConnectionOptions, isRewritten: Bool, to output: inout [UInt8]
    ) {
        var dropped = removed.union(options.nominated)
        if isRewritten { dropped = dropped.union(removedWithBody) }
        HeadWriter.appendFields(head.lines, of: head.storage.span, to: &output) { line in
            guard !dropped.contains(line.known), !line.isLookalike else { return false }
            return !options.hasUnlisted || !options.nominates(line, in: head)
        }
        // It names this port and this host, which may be others tomorrow, and the upstream may have given it a year.
        if isRewritten { HeadWriter.appendField(.cacheControl, "no-store", to: &output) }
    }

    /// RFC 9110 §7.6.3.
    static func appendVia(_ head: borrowing ResponseHead, _ pseudonym: [UInt8], to output: inout [UInt8]) {
        guard head.present.contains(.via) else {
            return HeadWriter.appendVia(minorVersion: head.minorVersion, pseudonym, to: &output)
        }
        let bytes = head.storage.span
        output.append("Via: ")
        for index in head.lines.indices where head.lines[index].known == .via {
            output.append(copying: bytes.extracting(head.lines[index].value.range))
            output.append(", ")
        }
        output.append(head.minorVersion == 0 ? "1.0 " : "1.1 ")
        output.append(contentsOf: pseudonym)
        output.append("\r\n")
    }

    static func appendFraming(_ framing: Framing, to output: inout [UInt8]) {
        switch framing {
        case .none, .untilClose: break
        case .announced(let length), .length(let length):
            HeadWriter.appendField(.contentLength, decimal: UInt64(clamping: length), to: &output)
        case .chunked: HeadWriter.appendField(.transferEncoding, "chunked", to: &output)
        }
    }

    /// RFC 9112 §9.3: HTTP/1.1 closes by announcement, HTTP/1.0 stays by announcement.
    static func appendConnection(staysOpen: Bool, minorVersion: UInt8, to output: inout [UInt8]) {
        if !staysOpen {
            HeadWriter.appendField(.connection, "close", to: &output)
        } else if minorVersion == 0 {
            HeadWriter.appendField(.connection, "keep-alive", to: &output)
        }
    }
}
