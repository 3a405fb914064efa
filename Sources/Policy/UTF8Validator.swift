/// Judges UTF-8 byte by byte (RFC 3629 §4): no overlong forms, no surrogates, nothing above U+10FFFF.
struct UTF8Validator {
    /// Continuation bytes still due, and the range the next one must be in.
    private var due = 0
    private var lower: UInt8 = 0x80
    private var upper: UInt8 = 0xBF

    /// Whether what was read ends with a whole character.
    var isComplete: Bool { due == 0 }

    /// Returns whether the byte may stand here. After `false` the state means nothing.
    mutating func accept(_ byte: UInt8) -> Bool {
        guard due == 0 else {
            guard byte >= lower, byte <= upper else { return false }
            due &-= 1
            (lower, upper) = (0x80, 0xBF)
            return true
        }
        switch byte {
        case 0x00...0x7F: return true
        case 0xC2...0xDF: due = 1
        case 0xE0: (due, lower) = (2, 0xA0)
        case 0xED: (due, upper) = (2, 0x9F)
        case 0xE1...0xEF: due = 2
        case 0xF0: (due, lower) = (3, 0x90)
        case 0xF1...0xF3: due = 3
        case 0xF4: (due, upper) = (3, 0x8F)
        default: return false
        }
        return true
    }
}
