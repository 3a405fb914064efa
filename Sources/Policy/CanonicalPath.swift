/// The one spelling of a path that policy judges and the upstream is sent.
///
/// A path passes as it is or is refused; it is never repaired, because what was repaired and what was
/// sent would be two paths. Whatever passes means the same to a server that decodes it once, twice or
/// not at all, that resolves dots, merges slashes, cuts at `;`, or folds backslashes:
/// - it begins with one `/`, has no empty segment (one `/` may end it), no segment of dots alone, and none
///   that begins or ends with an encoded space or ends with a dot;
/// - unescaped it has only `pchar` (RFC 3986 §3.3), without `;`;
/// - escaped it has only what must be (so no letter, digit, `-._~`), in upper- or lower-case hexadecimal,
///   which are equal (RFC 3986 §6.2.2.1) and forwarded as sent;
/// - decoded it is UTF-8 without control characters, `/`, `\`, `;`, `?`, `#`, and without a `%` that
///   would begin another escape.
///
/// The case of letters is kept and matters: a path that differs by case from a route is another path.
package enum CanonicalPath {
    /// One pass, no allocation.
    package static func check(_ path: Span<UInt8>) throws(PathError) {
        guard !path.isEmpty, path[0] == UInt8(ascii: "/") else { throw .notAbsolute }
        if path.count > 1, path[1] == UInt8(ascii: "/") { throw .leadingDoubleSlash }
        var segment = SegmentShape()
        var utf8 = UTF8Validator()
        var index = 1
        while index < path.count {
            let byte = path[index]
            if byte == UInt8(ascii: "/") {
                guard utf8.isComplete else { throw .notUTF8 }
                try segment.end(isLast: false)
                segment = SegmentShape()
            } else if byte == UInt8(ascii: "%") {
                let decoded = try escape(path, at: index)
                guard utf8.accept(decoded) else { throw .notUTF8 }
                // U+0080 to U+009F: the second byte of C2 80 to C2 9F.
                if decoded & 0xE0 == 0x80, segment.last == 0xC2 { throw .encodedControl }
                segment.append(decoded)
                index &+= 2
            } else {
                try plain(byte)
                guard utf8.isComplete else { throw .notUTF8 }
                segment.append(byte)
            }
            index &+= 1
        }
        guard utf8.isComplete else { throw .notUTF8 }
        try segment.end(isLast: true)
    }

    private static func plain(_ byte: UInt8) throws(PathError) {
        guard !PathByte.isPlain(byte) else { return }
        switch byte {
        case UInt8(ascii: "\\"): throw .backslash
        case UInt8(ascii: ";"): throw .semicolon
        default: throw .forbiddenByte
        }
    }

    /// The byte an escape stands for, if it may be written so.
    private static func escape(_ path: Span<UInt8>, at index: Int) throws(PathError) -> UInt8 {
        guard path.count &- index > 2, let high = PathByte.hexadecimal(path[index &+ 1]),
            let low = PathByte.hexadecimal(path[index &+ 2])
        else { throw .percentMalformed }
        let byte = high &<< 4 | low
        switch byte {
        case UInt8(ascii: "."): throw .encodedDot
        case UInt8(ascii: "/"): throw .encodedSlash
        case UInt8(ascii: "\\"): throw .encodedBackslash
        case UInt8(ascii: ";"): throw .encodedSemicolon
        case UInt8(ascii: "?"), UInt8(ascii: "#"): throw .encodedDelimiter
        case 0x00...0x1F, 0x7F: throw .encodedControl
        case UInt8(ascii: "%"):
            // Decoded again, `%25` and a hexadecimal digit (or the `u` of a form some servers know)
            // would be an escape. A digit cannot come escaped itself: that is refused above.
            if path.count &- index > 3 {
                let next = path[index &+ 3]
                if PathByte.hexadecimal(next) != nil || next | 0x20 == UInt8(ascii: "u") { throw .doublyEncoded }
            }
        default: if PathByte.isUnreserved(byte) { throw .encodedUnreserved }
        }
        return byte
    }

    /// What matters of a segment's decoded bytes.
    private struct SegmentShape {
        private var count = 0
        private var dots = 0
        private var first: UInt8 = 0
        private(set) var last: UInt8 = 0

        @inline(__always)
        mutating func append(_ byte: UInt8) {
            if count == 0 { first = byte }
            if byte == UInt8(ascii: ".") { dots &+= 1 }
            last = byte
            count &+= 1
        }

        func end(isLast: Bool) throws(PathError) {
            guard count > 0 else {
                if isLast { return }
                throw .emptySegment
            }
            if dots == count { throw .dotSegment }
            let space = UInt8(ascii: " ")
            if first == space || last == space || last == UInt8(ascii: ".") { throw .trimmedSegment }
        }
    }
}
