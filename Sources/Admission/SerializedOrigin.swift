import Wire

/// The value of an `Origin` field that names one origin (RFC 6454 §6.2).
struct SerializedOrigin: Equatable {
    let scheme: Range<Int>
    let host: Range<Int>
    let port: UInt16?

    /// `nil` for what no browser sends: a path, user information, capitals, a list, a bare name.
    init?(_ bytes: Span<UInt8>, in range: Range<Int>) {
        var end = range.lowerBound
        while end < range.upperBound, bytes[end] != UInt8(ascii: ":") { end &+= 1 }
        guard Self.isScheme(bytes.extracting(range.lowerBound..<end)),
            ByteComparison.hasPrefix(bytes.extracting(end..<range.upperBound), "://"),
            let authority = CanonicalAuthority(bytes, in: (end &+ 3)..<range.upperBound),
            authority.isPlainLowercase(bytes)
        else { return nil }
        scheme = range.lowerBound..<end
        host = authority.host
        port = authority.port
    }

    /// RFC 3986 §3.1, in lower case.
    static func isScheme(_ bytes: Span<UInt8>) -> Bool {
        guard !bytes.isEmpty, bytes[0] &- UInt8(ascii: "a") < 26 else { return false }
        for index in bytes.indices {
            switch bytes[index] {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"),
                UInt8(ascii: "-"), UInt8(ascii: "."):
                break
            default: return false
            }
        }
        return true
    }
}
