/// Quotes and comments: where a statement could hide something from one dialect and show it to another.
extension SQLScanner {
    mutating func quoted(_ sql: Span<UInt8>, by quote: UInt8) throws(SQLRefusal) -> SQLToken {
        // Three quotes begin a text of another kind in one dialect.
        if sql.count &- index > 2, sql[index &+ 1] == quote, sql[index &+ 2] == quote { throw .ambiguousQuote }
        index &+= 1
        while index < sql.count {
            let byte = sql[index]
            index &+= 1
            if byte == quote {
                // A doubled quote is a quote inside the text, or the next text: it ends at the same place.
                guard index < sql.count, sql[index] == quote else { return .value }
                index &+= 1
            } else if byte == UInt8(ascii: "\\") {
                // Whether a backslash hides the quote behind it depends on the dialect.
                if index < sql.count, sql[index] == quote { throw .ambiguousQuote }
            } else if quote == UInt8(ascii: "`") {
                // Not every dialect has backticks, so what they hide must be harmless without them.
                let isComment = byte == UInt8(ascii: "-") && index < sql.count && sql[index] == byte
                if isComment || !isPlainNameByte(byte) { throw .ambiguousQuote }
            } else if brackets > 0, byte == UInt8(ascii: "]") {
                throw .ambiguousQuote
            }
        }
        throw .unterminatedQuote
    }

    mutating func skipLineComment(_ sql: Span<UInt8>) throws(SQLRefusal) {
        guard brackets == 0 else { throw .ambiguousComment }
        index &+= 2
        while index < sql.count, sql[index] != 0x0A {
            try checkComment(sql)
            index &+= 1
        }
    }

    mutating func skipBlockComment(_ sql: Span<UInt8>) throws(SQLRefusal) {
        guard brackets == 0 else { throw .ambiguousComment }
        index &+= 2
        // `/*!` and `/*M!` are executed by one family of servers.
        if index < sql.count, sql[index] == UInt8(ascii: "!") || sql[index] | 0x20 == UInt8(ascii: "m") {
            throw .ambiguousComment
        }
        while index &+ 1 < sql.count {
            if sql[index] == UInt8(ascii: "*"), sql[index &+ 1] == UInt8(ascii: "/") {
                index &+= 2
                return
            }
            // Comments nest in some dialects.
            if sql[index] == UInt8(ascii: "/"), sql[index &+ 1] == UInt8(ascii: "*") { throw .ambiguousComment }
            try checkComment(sql)
            index &+= 1
        }
        throw .unterminatedComment
    }

    /// A backslash continues a line comment on the next line in one dialect; U+0085, U+2028 and U+2029
    /// may end one.
    private func checkComment(_ sql: Span<UInt8>) throws(SQLRefusal) {
        let byte = sql[index]
        if byte == UInt8(ascii: "\\") { throw .ambiguousComment }
        if byte == 0xC2, sql[index &+ 1] == 0x85 { throw .ambiguousComment }
        if byte == 0xE2, sql[index &+ 1] == 0x80, sql[index &+ 2] & 0xFE == 0xA8 { throw .ambiguousComment }
    }

    private func isPlainNameByte(_ byte: UInt8) -> Bool {
        PathByte.isAlphanumeric(byte)
            || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: ":")
            || byte == UInt8(ascii: "@") || byte == UInt8(ascii: "*")
            || byte == UInt8(ascii: "-")
    }
}
