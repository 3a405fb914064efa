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
}
