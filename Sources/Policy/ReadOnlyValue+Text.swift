import Wire

/// What of a text could be SQL that writes.
extension ReadOnlyValue {
    /// A semicolon, or the backslash of an escape that would make another text of this.
    static func hasSeparator(_ text: Span<UInt8>) -> Bool {
        for index in text.indices where text[index] == UInt8(ascii: ";") || text[index] == UInt8(ascii: "\\") {
            return true
        }
        return false
    }

    static func canLeaveQuotes(_ text: Span<UInt8>) -> Bool {
        for index in text.indices {
            switch text[index] {
            case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "`"), UInt8(ascii: "\\"), UInt8(ascii: "]"):
                return true
            default: continue
            }
        }
        return false
    }

    static func hasWritingWord(_ text: Span<UInt8>) -> Bool {
        var start = 0
        for index in 0...text.count where index == text.count || !isWordByte(text[index]) {
            if start < index, SQLWord(text.extracting(start..<index)) == .writing { return true }
            start = index + 1
        }
        return false
    }

    /// What belongs to a word in every dialect; bytes outside ASCII may be a space in one.
    private static func isWordByte(_ byte: UInt8) -> Bool {
        PathByte.isAlphanumeric(byte) || byte == UInt8(ascii: "_")
    }
}
