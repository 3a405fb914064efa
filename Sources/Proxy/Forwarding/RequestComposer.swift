import Upstream
import Wire

/// Writes the head of the request that goes upstream, from parsed values.
///
/// What stays: the method, the canonical path, the query but for credentials, and the client's own fields. What
/// goes: everything of this connection only, every credential, every claim about who asks and from where.
enum RequestComposer {
    /// How the body will be framed.
    enum Framing: Equatable {
        case none
        case length(Int64)
        case chunked
    }

    /// What is not passed on, whatever its value (RFC 9110 §7.6.1 and the promises of the threat model).
    static let removed = FieldNameSet.hopByHop
        .union(.framing)
        .union(.forwarding)
        .union(.overrides)
        .union(.credentials)
        .union(.accessControlRequest)
        .union(.own)
        .union([
            .host, .origin, .referer, .secFetchSite, .secFetchMode, .secFetchDest, .secFetchUser, .secFetchOther,
            .secPurpose, .http2Settings, .secWebSocketKey, .secWebSocketVersion, .secWebSocketProtocol,
            .secWebSocketExtensions, .serviceWorker, .expect, .via, .acceptEncoding, .maxForwards,
        ])

    /// A rewritten answer is another representation: neither a range of it nor a validator of the upstream's fits.
    private static let conditions: FieldNameSet = [
        .range, .ifRange, .ifNoneMatch, .ifMatch, .ifModifiedSince, .ifUnmodifiedSince,
    ]

    /// What is the same for every request to one upstream. An object, so that a request counts one reference to it.
    final class Destination {
        /// `Host` of the upstream.
        let authority: [UInt8]
        /// The base's path, without a trailing slash.
        let basePath: [UInt8]
        /// The value of a `Referer` of ours, for tokens that are locked to one; empty: none.
        let referer: [UInt8]
        let via: [UInt8]

        init(authority: [UInt8], basePath: [UInt8], referer: [UInt8], via: [UInt8]) {
            self.authority = authority
            self.basePath = basePath
            self.referer = referer
            self.via = via
        }
    }

    /// What the composer needs to know beside the head.
    struct Plan {
        var destination: Destination
        var framing: Framing
        /// Whether the answer may come compressed. In one that does not, a secret can be masked; one that does has to
        /// be cut there.
        var mayCompress: Bool
        var keepsConditions: Bool
        var expectsContinue: Bool
    }

    static func compose(
        _ head: borrowing RequestHead, path: ByteSlice, options: ConnectionOptions, plan: borrowing Plan,
        into request: inout PreparedRequest
    ) {
        let (authority, referer) = (plan.destination.authority, plan.destination.referer)
        let (basePath, via) = (plan.destination.basePath, plan.destination.via)
        request.write { output in
            let bytes = head.storage.span
            appendRequestLine(head, path: path, basePath: basePath, to: &output)
            HeadWriter.appendField(.host, authority.span, to: &output)
            var dropped = removed.union(options.nominated)
            if !plan.keepsConditions { dropped = dropped.union(conditions) }
            HeadWriter.appendFields(head.lines, of: bytes, to: &output) { line in
                guard !dropped.contains(line.known), !line.isLookalike else { return false }
                return !options.hasUnlisted || !options.nominates(line, in: head)
            }
            // Only what can be looked into; said either way, for without the field any coding would be allowed
            // (RFC 9110 §12.5.3).
            let isCompressed = plan.mayCompress && takesGzip(head)
            HeadWriter.appendField(.acceptEncoding, isCompressed ? "gzip" : "identity", to: &output)
            if !referer.isEmpty { HeadWriter.appendField(.referer, referer.span, to: &output) }
            if plan.expectsContinue { HeadWriter.appendField(.expect, "100-continue", to: &output) }
            appendVia(head, via, to: &output)
            switch plan.framing {
            case .none: break
            case .length(let length):
                HeadWriter.appendField(.contentLength, decimal: UInt64(clamping: length), to: &output)
            case .chunked: HeadWriter.appendField(.transferEncoding, "chunked", to: &output)
            }
        }
    }

    private static func appendRequestLine(
        _ head: borrowing RequestHead, path: ByteSlice, basePath: [UInt8], to output: inout [UInt8]
    ) {
        let bytes = head.storage.span
        let (method, base, path) = (bytes.extracting(head.methodSlice.range), basePath.span, bytes.extracting(path.range))
        output.append(addingCapacity: method.count &+ base.count &+ path.count &+ 1) { (out: inout OutputSpan<UInt8>) in
            out.append(copying: method)
            out.append(0x20)
            out.append(copying: base)
            out.append(copying: path)
        }
        if let query = head.target.query { CredentialParameter.appendQuery(bytes.extracting(query.range), to: &output) }
        output.append(" HTTP/1.1\r\n")
    }

    /// Whether the client takes gzip, its weights heeded (RFC 9110 §12.5.3).
    static func takesGzip(_ head: borrowing RequestHead) -> Bool {
        let bytes = head.storage.span
        var wildcard = false
        for index in head.lines.indices where head.lines[index].known == .acceptEncoding {
            var members = ListMembers(head.lines[index].value.range)
            while let member = members.next(in: bytes) {
                let coding = bytes.extracting(member)
                let (nameLength, isRefused) = split(coding)
                let name = coding.extracting(0..<nameLength)
                if ByteComparison.equalIgnoringCase(name, "gzip") || ByteComparison.equalIgnoringCase(name, "x-gzip") {
                    return !isRefused
                }
                if ByteComparison.equal(name, "*") { wildcard = !isRefused }
            }
        }
        return wildcard
    }

    /// The length of a coding's name, and whether its weight is zero.
    private static func split(_ coding: Span<UInt8>) -> (Int, Bool) {
        var end = 0
        while end < coding.count, coding[end] != UInt8(ascii: ";"), coding[end] != 0x20, coding[end] != 0x09 { end += 1 }
        var hasWeight = false
        var isZero = true
        var index = end
        while index < coding.count {
            if coding[index] == UInt8(ascii: "=") { hasWeight = true }
            if hasWeight, (UInt8(ascii: "1")...UInt8(ascii: "9")).contains(coding[index]) { isZero = false }
            index += 1
        }
        return (end, hasWeight && isZero)
    }

    /// RFC 9110 §7.6.3: behind whoever passed the request on before.
    private static func appendVia(_ head: borrowing RequestHead, _ pseudonym: [UInt8], to output: inout [UInt8]) {
        guard head.present.contains(.via) else {
            return HeadWriter.appendVia(minorVersion: head.minorVersion, pseudonym, to: &output)
        }
        output.append("Via: ")
        let bytes = head.storage.span
        for index in head.lines.indices where head.lines[index].known == .via {
            output.append(copying: bytes.extracting(head.lines[index].value.range))
            output.append(", ")
        }
        output.append(head.minorVersion == 0 ? "1.0 " : "1.1 ")
        output.append(contentsOf: pseudonym)
        output.append("\r\n")
    }
}
