import JSON

/// Looks into a token that may be a JSON Web Token (RFC 7519) without verifying it.
package enum JSONWebToken {
    /// nil if it is not one, or not one in the compact serialization (RFC 7515 §7.1).
    package static func peek(_ token: Span<UInt8>) -> JWTClaims? {
        guard token.count <= TokenLimits.tokenBytes else { return nil }
        var dots: [Int] = []
        for index in token.indices where token[index] == UInt8(ascii: ".") {
            guard dots.count < 2 else { return nil }
            dots.append(index)
        }
        guard dots.count == 2,
            let header = Base64.decodedURL(token.extracting(0..<dots[0])),
            let payload = Base64.decodedURL(token.extracting((dots[0] + 1)..<dots[1]))
        else { return nil }
        do {
            var claims = JWTClaims(algorithm: try algorithm(header.span))
            try read(payload.span, into: &claims)
            return claims
        } catch {
            return nil
        }
    }

    private static func algorithm(_ header: Span<UInt8>) throws(JSONFault) -> JWTClaims.Algorithm {
        var algorithm: JWTClaims.Algorithm?
        try forEachMember(of: header) { (name, value, _) throws(JSONFault) in
            guard JSONString.equals(header, name, "alg"), case .string(let range) = value else { return }
            algorithm =
                JSONString.equals(header, range, "HS256")
                ? .hs256 : JSONString.equals(header, range, "RS256") ? .rs256 : .other
        }
        guard let algorithm else { throw .notJSON }
        return algorithm
    }

    private static func read(_ payload: Span<UInt8>, into claims: inout JWTClaims) throws(JSONFault) {
        var found = claims
        try forEachMember(of: payload) { (name, value, reader) throws(JSONFault) in
            switch value {
            case .number(let range):
                // RFC 7519 §2: a NumericDate may have a fraction.
                if JSONString.equals(payload, name, "exp") {
                    found.expiresAt = DecimalNumber.integerPart(payload.extracting(range))
                } else if JSONString.equals(payload, name, "iat") {
                    found.issuedAt = DecimalNumber.integerPart(payload.extracting(range))
                }
            case .string(let range):
                if JSONString.equals(payload, name, "aud") {
                    found.audience = text(payload, range).map { [$0] } ?? []
                } else if JSONString.equals(payload, name, "a") {
                    found.account = text(payload, range).flatMap { $0.utf8.starts(with: "ac_".utf8) ? $0 : nil }
                }
            case .arrayStart:
                guard JSONString.equals(payload, name, "aud") else { return try reader.skipContainer(payload) }
                found.audience = try strings(payload, &reader)
            case .objectStart: try reader.skipContainer(payload)
            case .objectEnd, .arrayEnd, .name, .boolean, .null, .end: break
            }
        }
        claims = found
    }

    private static func strings(_ bytes: Span<UInt8>, _ reader: inout JSONReader) throws(JSONFault) -> [String] {
        var strings: [String] = []
        while true {
            switch try reader.next(bytes) {
            case .string(let range): if let text = text(bytes, range) { strings.append(text) }
            case .arrayEnd: return strings
            case .objectStart, .arrayStart: try reader.skipContainer(bytes)
            case .number, .boolean, .null: break
            case .objectEnd, .name, .end: throw .notJSON
            }
        }
    }

    private static func text(_ bytes: Span<UInt8>, _ range: Range<Int>) -> String? {
        JSONString.decoded(bytes, range).flatMap { String(validating: $0, as: UTF8.self) }
    }

    /// Calls `body` with each member's name and the first event of its value; it reads or skips a container.
    private static func forEachMember(
        of bytes: Span<UInt8>, _ body: (Range<Int>, JSONReader.Event, inout JSONReader) throws(JSONFault) -> Void
    ) throws(JSONFault) {
        var reader = JSONReader(depthLimit: TokenLimits.jsonDepth)
        guard try reader.next(bytes) == .objectStart else { throw .notJSON }
        while true {
            switch try reader.next(bytes) {
            case .name(let name):
                let value = try reader.next(bytes)
                try body(name, value, &reader)
                while reader.depth > 1 { _ = try reader.next(bytes) }
            case .objectEnd:
                guard try reader.next(bytes) == .end else { throw .notJSON }
                return
            case .objectStart, .arrayStart, .arrayEnd, .string, .number, .boolean, .null, .end: throw .notJSON
            }
        }
    }
}
