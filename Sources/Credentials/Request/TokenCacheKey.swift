/// What a token depends on besides the client secret: two clients with equal keys may share tokens, and no
/// others may. A key smaller than this has handed out tokens of the wrong scope elsewhere.
package struct TokenCacheKey: Hashable, Sendable {
    /// The parts, each preceded by its length, so that no two lists of parts read the same.
    package let bytes: [UInt8]

    package init(of client: OAuthClient) {
        var bytes: [UInt8] = []
        func append(_ text: String?) {
            guard let text else { return bytes.append(0) }
            bytes.append(1)
            ByteWriter.append(UInt64(text.utf8.count), to: &bytes)
            bytes.append(contentsOf: text.utf8)
        }
        append(client.endpoint.isSecure ? "https" : "http")
        // RFC 3986 §6.2.2.1: a host's case means nothing.
        append(String(decoding: client.endpoint.host.utf8.map(Self.lowercased), as: UTF8.self))
        ByteWriter.append(UInt64(client.endpoint.port), to: &bytes)
        append(client.endpoint.path)
        append(client.clientID)
        append(client.audience)
        append(client.scope)
        let parameters = client.parameters.sorted {
            ($0.name.utf8.lexicographicallyPrecedes($1.name.utf8))
                || ($0.name.utf8.elementsEqual($1.name.utf8) && $0.value.utf8.lexicographicallyPrecedes($1.value.utf8))
        }
        ByteWriter.append(UInt64(parameters.count), to: &bytes)
        for parameter in parameters {
            append(parameter.name)
            append(parameter.value)
        }
        self.bytes = bytes
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }

    /// Sixteen hexadecimal digits (FNV-1a) to name a file by. It tells keys apart for tidiness only: the
    /// record holds the whole key and is checked against it.
    package var fileStem: String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}
