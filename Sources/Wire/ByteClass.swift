/// What a byte may be part of; several bits may be set.
@usableFromInline
enum ByteClass {
    /// RFC 9110 §5.6.2 `tchar`.
    @usableFromInline static let token: UInt8 = 0b0000_0001
    /// RFC 9110 §5.5 `field-vchar`, SP and HTAB. Bytes above 0x7F are opaque data there.
    @usableFromInline static let fieldContent: UInt8 = 0b0000_0010
    /// Visible ASCII but `#`: what may stand in a request target. Narrower rules are the policy's.
    @usableFromInline static let target: UInt8 = 0b0000_0100
    @usableFromInline static let digit: UInt8 = 0b0000_1000
    /// A token byte that is neither a letter, a digit nor `-`: CGI and its heirs map such bytes and
    /// `-` to one and the same `_`, so a name with one of them may be taken for another name.
    @usableFromInline static let ambiguousInName: UInt8 = 0b0001_0000
    /// RFC 3986 §3.2.2 `reg-name` without percent-encoding.
    @usableFromInline static let registeredName: UInt8 = 0b0010_0000
    @usableFromInline static let hexDigit: UInt8 = 0b0100_0000

    @usableFromInline static let table: [UInt8] = {
        var table = [UInt8](repeating: 0, count: 256)
        for byte in 0..<256 { table[byte] = classes(of: UInt8(byte)) }
        return table
    }()

    private static func classes(of byte: UInt8) -> UInt8 {
        let isLetter = (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z")
        let isDigit = byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
        var classes: UInt8 = 0
        if isLetter || isDigit || "!#$%&'*+-.^_`|~".utf8.contains(byte) { classes |= token }
        if byte == 0x09 || (byte >= 0x20 && byte != 0x7F) { classes |= fieldContent }
        if byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "#") { classes |= target }
        if isDigit { classes |= digit }
        if classes & token != 0, !isLetter, !isDigit, byte != UInt8(ascii: "-") { classes |= ambiguousInName }
        if isLetter || isDigit || "-._~!$&'()*+,;=".utf8.contains(byte) { classes |= registeredName }
        if isDigit || ((byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "f")) {
            classes |= hexDigit
        }
        return classes
    }

    @inlinable
    static func of(_ byte: UInt8) -> UInt8 { table[Int(byte)] }
}
