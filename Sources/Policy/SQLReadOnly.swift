/// Whether a SQL statement only reads: small, strict, and wrong only towards refusing.
///
/// CARTO passes SQL to warehouses of several dialects, and which one a connection leads to is not known
/// here. So a statement passes only if every dialect must read it the same way, and none of its readings
/// writes:
/// - one statement; a `;` may end it, with nothing but whitespace behind;
/// - it begins (after parentheses) with SELECT, WITH, VALUES, EXPLAIN, SHOW, DESCRIBE or DESC; a WITH has
///   a SELECT; EXPLAIN has no ANALYZE, which runs the statement, and no PLAN, which writes one down;
/// - outside quotes and comments there is, in either case of letters and wherever it stands, none of the
///   words in ``SQLWord/writingWords``; FOR is followed by no lock;
/// - quotes end at one place whatever the dialect makes of backslashes and doubled or tripled quotes;
///   backticks enclose plain names only; `[…]` encloses no quoted `]`, no comment and does not end in `]]`;
/// - comments do not nest, hold no backslash and no `/*!`, and lines in them end in LF or CR LF;
/// - no dollar quoting, no `#`, `{`, `}`, backslash, `|>`, no word behind `->>`, no word that
///   begins inside a number, no character outside ASCII that is not quoted.
///
/// What it cannot know: a SELECT may call a function that writes, and a view may be one. The grants of
/// the token are the boundary; this is a guard rail before it.
///
/// The bytes are the statement fully decoded (from form, query or JSON). One pass, no recursion, no
/// allocation.
package enum SQLReadOnly {
    package static func check(_ statement: Span<UInt8>) throws(SQLRefusal) {
        try checkText(statement)
        var scanner = SQLScanner()
        var judge = SQLJudge()
        while let token = try scanner.next(in: statement) { try judge.accept(token) }
        try judge.finish()
    }

    /// For a parameter that is the name of a table or SQL: a name passes too.
    package static func checkSource(_ source: Span<UInt8>) throws(SQLRefusal) {
        guard !isTableName(source) else { return }
        try check(source)
    }

    /// Parts of letters, digits, `_ - $ @ :`, separated by dots, quotes in pairs. Without a space and
    /// without `--` that is one word to every dialect.
    static func isTableName(_ source: Span<UInt8>) -> Bool {
        guard !source.isEmpty else { return false }
        var doubleQuotes = 0
        var backticks = 0
        for index in source.indices {
            switch source[index] {
            case UInt8(ascii: "-"):
                if index > 0, source[index - 1] == UInt8(ascii: "-") { return false }
            case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "$"), UInt8(ascii: "@"), UInt8(ascii: ":"):
                break
            case UInt8(ascii: "\""): doubleQuotes &+= 1
            case UInt8(ascii: "`"): backticks &+= 1
            case let byte: guard PathByte.isAlphanumeric(byte) else { return false }
            }
        }
        return doubleQuotes & 1 == 0 && backticks & 1 == 0
    }

    /// A broken character could swallow the quote behind it, so the whole text is judged first.
    private static func checkText(_ statement: Span<UInt8>) throws(SQLRefusal) {
        var utf8 = UTF8Validator()
        for index in statement.indices {
            let byte = statement[index]
            guard utf8.accept(byte) else { throw .notUTF8 }
            if byte < 0x20, byte != 0x09, byte != 0x0A, byte != 0x0D { throw .controlCharacter }
            if byte == 0x7F { throw .controlCharacter }
            // A lone CR ends a line comment in some dialects only.
            if byte == 0x0D, index + 1 == statement.count || statement[index + 1] != 0x0A { throw .controlCharacter }
        }
        guard utf8.isComplete else { throw .notUTF8 }
    }
}
