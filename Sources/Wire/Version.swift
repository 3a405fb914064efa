/// `HTTP/1.0` or `HTTP/1.1` (RFC 9112 §2.3).
enum Version {
    static let length = 8

    /// The minor version at `index`; `malformed` if what is there is no version at all.
    @inline(__always)
    static func parse(
        _ bytes: Span<UInt8>, at index: Int, orElse malformed: WireError
    ) throws(WireError) -> UInt8 {
        guard index &+ length <= bytes.count else { throw malformed }
        let version = bytes.extracting(index..<(index &+ length))
        // Case-sensitive, and a single digit on each side (RFC 9112 §2.3).
        guard ByteComparison.hasPrefix(version, "HTTP/"), version[6] == UInt8(ascii: "."),
            ByteClass.of(version[5]) & ByteClass.digit != 0, ByteClass.of(version[7]) & ByteClass.digit != 0
        else { throw malformed }
        let minor = version[7] &- UInt8(ascii: "0")
        guard version[5] == UInt8(ascii: "1"), minor <= 1 else { throw .unsupportedVersion }
        return minor
    }
}
