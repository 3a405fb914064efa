extension FieldLine {
    /// Parses the field line that begins at `start` (RFC 9112 §5) and moves `start` past its CRLF.
    @inline(__always)
    static func parse(
        _ bytes: Span<UInt8>, from start: inout Int, names: FieldNameTable
    ) throws(WireError) -> FieldLine {
        let end = bytes.count
        let nameStart = start
        var index = ByteSearch.first(UInt8(ascii: ":"), in: bytes, from: start, to: end)
        // The bytes of a name that is listed need no further look.
        var known = names.findListed(bytes, nameStart..<index)
        var classes: UInt8 = 0
        if known == .other {
            index = start
            while index < end {
                let found = ByteClass.of(bytes[index])
                if found & ByteClass.token == 0 { break }
                classes |= found
                index &+= 1
            }
        }
        let name = nameStart..<index
        guard index < end, bytes[index] == UInt8(ascii: ":"), !name.isEmpty else {
            throw refusal(bytes, name: name)
        }
        if known == .other { known = names.family(bytes.extracting(name)) }
        index &+= 1

        var valueStart = index
        var valueEnd = index
        while true {
            index = ByteSearch.firstControl(in: bytes, from: index, to: end)
            guard index < end else { throw .truncatedHead }
            let byte = bytes[index]
            if byte == 0x09 {
                index &+= 1
                continue
            }
            guard byte == 0x0D else { throw byte == 0x0A ? .bareLineFeed : .controlByte }
            guard index &+ 1 < end else { throw .truncatedHead }
            guard bytes[index &+ 1] == 0x0A else { throw .bareCarriageReturn }
            valueEnd = index
            start = index &+ 2
            break
        }
        // RFC 9112 §5.1: optional whitespace around the value is not part of it.
        while valueStart < valueEnd, isOptionalWhitespace(bytes[valueStart]) { valueStart &+= 1 }
        while valueStart < valueEnd, isOptionalWhitespace(bytes[valueEnd &- 1]) { valueEnd &-= 1 }
        let value = valueStart..<valueEnd

        return FieldLine(
            name: ByteSlice(name), value: ByteSlice(value), known: known,
            lookalike: known == .other
                ? Lookalike.imitated(
                    by: bytes, name: name, isAmbiguous: classes & ByteClass.ambiguousInName != 0, value: value)
                : .other)
    }

    @inline(__always)
    private static func isOptionalWhitespace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    /// Which rule the byte after a field name broke.
    private static func refusal(_ bytes: Span<UInt8>, name: Range<Int>) -> WireError {
        guard name.upperBound < bytes.count else { return .truncatedHead }
        switch bytes[name.upperBound] {
        // RFC 9112 §5.2: obs-fold; also whitespace between the start line and the first field (§2.2).
        case 0x20 where name.isEmpty, 0x09 where name.isEmpty: return .foldedLine
        // RFC 9112 §5.1: no whitespace between name and colon.
        case 0x20, 0x09: return .whitespaceBeforeColon
        case 0x0A: return .bareLineFeed
        case 0x0D:
            return name.upperBound &+ 1 < bytes.count && bytes[name.upperBound &+ 1] == 0x0A
                ? .invalidFieldName : .bareCarriageReturn
        case let byte where byte < 0x20 || byte == 0x7F: return .controlByte
        default: return .invalidFieldName
        }
    }
}
