/// Splits a statement into tokens on whose extent every dialect agrees, or refuses it: the lexical half
/// of ``SQLReadOnly``.
struct SQLScanner {
    var index = 0
    /// How many `[` are open.
    private(set) var brackets = 0

    mutating func next(in sql: Span<UInt8>) throws(SQLRefusal) -> SQLToken? {
        while index < sql.count {
            let byte = sql[index]
            let following = index &+ 1 < sql.count ? sql[index &+ 1] : 0
            switch byte {
            case 0x09, 0x0A, 0x0D, 0x20: index &+= 1
            case UInt8(ascii: "-") where following == UInt8(ascii: "-"): try skipLineComment(sql)
            case UInt8(ascii: "/") where following == UInt8(ascii: "*"): try skipBlockComment(sql)
            case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "`"): return try quoted(sql, by: byte)
            case UInt8(ascii: "$"): return try parameter(sql)
            default:
                if isWordStart(byte) { return try word(sql) }
                if PathByte.isDigit(byte) || (byte == UInt8(ascii: ".") && PathByte.isDigit(following)) {
                    return try number(sql)
                }
                return try symbol(byte, following, sql)
            }
        }
        guard brackets == 0 else { throw .unbalanced }
        return nil
    }

    private mutating func symbol(_ byte: UInt8, _ following: UInt8, _ sql: Span<UInt8>) throws(SQLRefusal) -> SQLToken {
        index &+= 1
        switch byte {
        case UInt8(ascii: "("): return .open
        case UInt8(ascii: ")"): return .close
        case UInt8(ascii: ";"): return .semicolon
        case UInt8(ascii: "["):
            brackets &+= 1
            return .bracketOpen
        case UInt8(ascii: "]"):
            // `]]` is a `]` inside a bracketed name to one dialect, and two ends to the others.
            if following == UInt8(ascii: "]") { throw .ambiguousQuote }
            brackets &-= 1
            guard brackets >= 0 else { throw .unbalanced }
            return .bracketClose
        case UInt8(ascii: "-") where following == UInt8(ascii: ">"):
            guard index &+ 1 < sql.count, sql[index &+ 1] == UInt8(ascii: ">") else { return .other }
            index &+= 2
            return .longArrow
        case UInt8(ascii: "|"):
            // A step of pipe syntax: steps of it write.
            if following == UInt8(ascii: ">") { throw .unknownSyntax }
            return .other
        case UInt8(ascii: "*"):
            if following == UInt8(ascii: "/") { throw .ambiguousComment }
            return .other
        case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: "%"), UInt8(ascii: "="),
            UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "!"), UInt8(ascii: "~"), UInt8(ascii: "^"),
            UInt8(ascii: "&"), UInt8(ascii: ","), UInt8(ascii: "."), UInt8(ascii: ":"), UInt8(ascii: "?"),
            UInt8(ascii: "@"):
            return .other
        // Comments, templates, escapes or delimiters, depending on the dialect.
        case UInt8(ascii: "#"), UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "\\"): throw .unknownSyntax
        default: throw byte >= 0x80 ? .nonASCIIOutsideQuotes : .unknownSyntax
        }
    }

    private mutating func word(_ sql: Span<UInt8>) throws(SQLRefusal) -> SQLToken {
        let start = index
        while index < sql.count, isWordStart(sql[index]) || PathByte.isDigit(sql[index]) { index &+= 1 }
        if index < sql.count {
            if sql[index] >= 0x80 { throw .nonASCIIOutsideQuotes }
            if sql[index] == UInt8(ascii: "$") { throw .dollarQuote }
            if sql[index] == UInt8(ascii: "'"), isAlternativeQuote(sql, start..<index) { throw .ambiguousQuote }
        }
        return .word(SQLWord(sql.extracting(start..<index)))
    }

    /// `q'[…]'` and `nq'[…]'` end at other places than `'…'` does.
    private func isAlternativeQuote(_ sql: Span<UInt8>, _ word: Range<Int>) -> Bool {
        sql[word.upperBound &- 1] | 0x20 == UInt8(ascii: "q")
            && (word.count == 1 || (word.count == 2 && sql[word.lowerBound] | 0x20 == UInt8(ascii: "n")))
    }

    /// Some dialects end a number where letters begin and read a word from there (`1INTO t`), so only
    /// the letters that belong to numbers may follow digits.
    private mutating func number(_ sql: Span<UInt8>) throws(SQLRefusal) -> SQLToken {
        let start = index
        while index < sql.count, PathByte.isDigit(sql[index]) || sql[index] == UInt8(ascii: ".") { index &+= 1 }
        let letters = index
        while index < sql.count, isWordStart(sql[index]) || PathByte.isDigit(sql[index]) { index &+= 1 }
        if index < sql.count, sql[index] == UInt8(ascii: "$") || sql[index] >= 0x80 { throw .ambiguousNumber }
        guard index > letters else { return .value }
        let letter = sql[letters] | 0x20
        if letter == UInt8(ascii: "e") {
            for position in (letters &+ 1)..<index where !PathByte.isDigit(sql[position]) { throw .ambiguousNumber }
            return .value
        }
        if letter == UInt8(ascii: "x"), letters == start &+ 1, sql[start] == UInt8(ascii: "0") {
            for position in (letters &+ 1)..<index where PathByte.hexadecimal(sql[position]) == nil {
                throw .ambiguousNumber
            }
            return .value
        }
        throw .ambiguousNumber
    }

    /// `$1`. Whatever else begins with `$` begins a quoted text in one dialect or another.
    private mutating func parameter(_ sql: Span<UInt8>) throws(SQLRefusal) -> SQLToken {
        let start = index
        index &+= 1
        while index < sql.count, PathByte.isDigit(sql[index]) { index &+= 1 }
        guard index > start &+ 1 else { throw .dollarQuote }
        if index < sql.count, sql[index] == UInt8(ascii: "$") || isWordStart(sql[index]) { throw .dollarQuote }
        return .value
    }

    private func isWordStart(_ byte: UInt8) -> Bool {
        (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte == UInt8(ascii: "_")
    }
}
