/// What a client can decode (RFC 9110 §12.5.3).
enum AcceptEncoding {
    /// Whether gzip, or anything, is named without a weight of zero.
    static func allowsGzip(_ value: String?) -> Bool {
        guard let value else { return false }
        for member in listMembers(value) {
            let parts = member.utf8.split(separator: UInt8(ascii: ";"))
                .map { trimmed(String(decoding: $0, as: UTF8.self)) }
            guard let coding = parts.first else { continue }
            guard equalIgnoringASCIICase(coding.utf8, "gzip".utf8) || coding == "*" else { continue }
            let weight = parts.dropFirst().compactMap { part -> Double? in
                part.utf8.starts(with: "q=".utf8) ? Double(String(part.dropFirst(2))) : nil
            }
            return weight.first != 0
        }
        return false
    }
}
