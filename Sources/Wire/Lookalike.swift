/// Which field a line imitates without being it.
///
/// Servers behind gateways map `-` and other punctuation of field names to `_` (RFC 3875 §4.1.18), and
/// careless ones drop it; a field that is unknown here may then be a known one there.
enum Lookalike {
    static func imitated(
        by bytes: Span<UInt8>, name: Range<Int>, isAmbiguous: Bool, value: Range<Int>
    ) -> FieldName {
        if lettersAre("transferencoding", bytes, name) { return .transferEncoding }
        if lettersAre("contentlength", bytes, name) { return .contentLength }
        if isAmbiguous {
            let field = mapped(bytes, name)
            if FieldNameSet.imitated.contains(field) { return field }
        }
        return embedded(bytes, value)
    }

    /// Whether the name is `letters` once everything but letters is left out.
    private static func lettersAre(_ letters: StaticString, _ bytes: Span<UInt8>, _ name: Range<Int>) -> Bool {
        var matched = 0
        for index in name {
            let byte = bytes[index] | 0x20
            guard byte &- UInt8(ascii: "a") < 26 else { continue }
            guard byte == letters.byte(at: matched) else { return false }
            matched &+= 1
        }
        return matched == letters.utf8CodeUnitCount
    }

    /// The field named by these bytes with `-` for every other punctuation. Rare enough to allocate.
    private static func mapped(_ bytes: Span<UInt8>, _ name: Range<Int>) -> FieldName {
        var copy: [UInt8] = []
        copy.reserveCapacity(name.count)
        for index in name {
            let byte = bytes[index]
            copy.append(ByteClass.of(byte) & ByteClass.ambiguousInName != 0 ? UInt8(ascii: "-") : byte)
        }
        return FieldName(copy.span)
    }

    /// A framing field's name and colon inside a value: what is left of a line that somebody joined to
    /// another one, and that somebody else may split off again.
    private static func embedded(_ bytes: Span<UInt8>, _ value: Range<Int>) -> FieldName {
        guard value.count >= "Content-Length:".utf8.count else { return .other }
        for index in value where bytes[index] == UInt8(ascii: ":") {
            let before = bytes.extracting(value.lowerBound..<index)
            if ByteComparison.equalIgnoringCase(before.extracting(last: 17), "Transfer-Encoding") {
                return .transferEncoding
            }
            if ByteComparison.equalIgnoringCase(before.extracting(last: 14), "Content-Length") {
                return .contentLength
            }
        }
        return .other
    }
}
