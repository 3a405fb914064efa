/// What may be written into a head. Values that come from configuration or are built at run time are
/// checked with these before they are written; values of a parsed head have been.
package enum Token {
    /// RFC 9110 §5.6.2.
    package static func isValid(_ bytes: Span<UInt8>) -> Bool {
        for index in bytes.indices where ByteClass.of(bytes[index]) & ByteClass.token == 0 { return false }
        return !bytes.isEmpty
    }

    /// RFC 9110 §5.5: no control byte but HTAB, and no whitespace at either end.
    package static func isValidFieldValue(_ bytes: Span<UInt8>) -> Bool {
        for index in bytes.indices where ByteClass.of(bytes[index]) & ByteClass.fieldContent == 0 {
            return false
        }
        guard !bytes.isEmpty else { return true }
        return bytes[0] > 0x20 && bytes[bytes.count &- 1] > 0x20
    }
}
