import Wire

extension OriginPattern {
    /// Reads one entry of `origins`. Letters are folded to lower case and a default port is dropped, as
    /// browsers do; anything else that is not an origin is an error.
    package static func parse(_ text: String) throws(AdmissionError) -> OriginPattern {
        var bytes = Array(text.utf8)
        guard bytes.allSatisfy({ $0 < 0x80 }) else { throw .notASCII }
        for index in bytes.indices { bytes[index] = ByteComparison.lowercased(bytes[index]) }
        if bytes.elementsEqual("null".utf8) { throw .originIsNull }
        if bytes.elementsEqual("*".utf8) { throw .originIsWildcard }
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), bytes[colon...].starts(with: "://".utf8),
            SerializedOrigin.isScheme(bytes.span.extracting(0..<colon))
        else { throw .originWithoutScheme }
        var authority = bytes[(colon + 3)...]
        if authority.contains(where: { $0 == 0x2F || $0 == 0x3F || $0 == 0x23 || $0 == 0x5C }) { throw .originHasPath }
        if authority.contains(UInt8(ascii: "@")) { throw .originHasUserinfo }
        let isAnyPort = authority.suffix(2).elementsEqual(":*".utf8)
        if isAnyPort { authority = authority.dropLast(2) }
        if authority.contains(UInt8(ascii: "*")) { throw .originIsWildcard }
        guard let parsed = CanonicalAuthority(bytes.span, in: authority.startIndex..<authority.endIndex),
            parsed.isPlainLowercase(bytes.span), !(isAnyPort && parsed.port != nil)
        else { throw .originHostMalformed }
        let scheme = Array(bytes[..<colon])
        return OriginPattern(
            scheme: scheme, host: Array(bytes[parsed.host]),
            port: isAnyPort ? .any : port(parsed.port, of: scheme))
    }

    /// The origin of `public_url`: what it is without its path.
    package static func ofURL(_ url: String) throws(AdmissionError) -> OriginPattern {
        var slashes = 0
        let end = url.utf8.firstIndex { byte in
            if byte == UInt8(ascii: "/") { slashes += 1 }
            return slashes == 3
        }
        return try parse(String(decoding: url.utf8[..<(end ?? url.utf8.endIndex)], as: UTF8.self))
    }

    private static func port(_ number: UInt16?, of scheme: [UInt8]) -> Port {
        guard let number, number != defaultPort(of: scheme) else { return .absent }
        return .exactly(number)
    }

    static func defaultPort(of scheme: [UInt8]) -> UInt16? {
        if scheme.elementsEqual("http".utf8) { return 80 }
        if scheme.elementsEqual("https".utf8) { return 443 }
        return nil
    }
}
