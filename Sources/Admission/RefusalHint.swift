import Wire

/// Texts for refusals; made only when one is.
enum RefusalHint {
    static func hostNotServed(_ authority: CanonicalAuthority, in bytes: Span<UInt8>) -> String {
        let general = "call it by localhost, 127.0.0.1 or [::1]"
        let name = bytes.extracting(authority.host)
        guard isPlausibleName(name) else { return general + ", or a name listed under server_names" }
        return general + "; this name is allowed by: server_names: [\(text(name))]"
    }

    static func origin(_ origin: Span<UInt8>) -> String {
        "allowed by: origins: [\(text(origin))]"
    }

    static func user(_ user: UInt32) -> String { "allowed by: allow_uids: [\(user)]" }

    static func address(_ address: PeerAddress) -> String { "allowed by: allow_from: [\"\(address)\"]" }

    static func hint(_ rule: RefusalRule) -> String {
        switch rule {
        case .userNotAllowed: "allow_uids lists who may"
        case .userUnknown:
            "keep the connection open until the answer is there; allow_uids needs to see whose it is"
        case .addressNotAllowed: "allow_from lists who may"
        case .hostMissing: "send a Host field"
        case .hostMalformed: "send a Host field of a name and perhaps a port of 1 to 65535"
        case .hostNotServed: "call it by localhost, 127.0.0.1 or [::1], or a name listed under server_names"
        case .schemeNotServed: "use the scheme of the listener, or set public_url"
        case .fieldRepeated: "send Sec-Fetch-… and Access-Control-Request-… fields once"
        case .originRepeated: "send one Origin, or none"
        case .originMalformed: "programs need not send an Origin; browsers send scheme, host and port only"
        case .opaqueOrigin:
            "no setting allows it: serve the page from an http or https address and list that under origins"
        case .originNotAllowed, .originNotListed: "list the origin of the page under origins"
        case .crossSite, .crossSiteForm:
            "call it with fetch in mode cors from a page whose origin is listed under origins"
        case .noCORSWrite: "call it with fetch in mode cors"
        case .corsMethodNotAllowed: "use GET, HEAD, POST, PUT, PATCH or DELETE"
        case .corsFieldNotAllowed:
            "leave out fields that begin with Proxy- or Sec-, Cookie, and those that frame messages"
        }
    }

    /// A name somebody may have given to this machine: not a number in disguise, no dot at the end.
    private static func isPlausibleName(_ name: Span<UInt8>) -> Bool {
        guard name.count <= 253 else { return false }
        var isLabelStart = true
        var startsWithLetter = false
        for index in name.indices {
            let byte = name[index]
            let isLetter = ByteComparison.lowercased(byte) &- UInt8(ascii: "a") < 26
            guard isLetter || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") || byte &- UInt8(ascii: "0") < 10
            else { return false }
            if isLabelStart { startsWithLetter = isLetter }
            isLabelStart = byte == UInt8(ascii: ".")
        }
        // The last label decides whether a host is read as a number.
        return startsWithLetter && !isLabelStart
    }

    private static func text(_ bytes: Span<UInt8>) -> String {
        var text = ""
        for index in bytes.indices where bytes[index] > 0x20 && bytes[index] < 0x7F {
            text.unicodeScalars.append(Unicode.Scalar(bytes[index]))
        }
        return text
    }
}
