import Wire

/// A host and port written the one way that is compared: an ``Wire/Authority`` whose port has no zeros in front.
struct CanonicalAuthority: Equatable {
    let host: Range<Int>
    let port: UInt16?

    init?(_ bytes: Span<UInt8>, in range: Range<Int>) {
        guard let authority = Authority(bytes, in: range) else { return nil }
        host = authority.host.range
        port = authority.port
        if port != nil, bytes[host.upperBound &+ 1] == UInt8(ascii: "0") { return nil }
    }

    /// Whether the host is as browsers write it and as configuration keeps it: lower-case letters, digits,
    /// `-`, `.` and `_`, or an address in brackets.
    func isPlainLowercase(_ bytes: Span<UInt8>) -> Bool {
        for index in host {
            switch bytes[index] {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
                UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "]"):
                break
            default: return false
            }
        }
        return true
    }
}
