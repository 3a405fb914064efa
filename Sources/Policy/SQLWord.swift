import Wire

/// An unquoted word, as far as it matters.
enum SQLWord: Equatable {
    case select, with, values, explain, show, describe, analyze, plan, `for`
    /// Behind FOR: a lock.
    case lock
    /// One of ``writingWords``.
    case writing
    case other

    init(_ word: Span<UInt8>) {
        self = .other
        for (text, meaning) in Self.grammar where ByteComparison.equalIgnoringCase(word, text) {
            self = meaning
            return
        }
        for text in Self.writingWords where ByteComparison.equalIgnoringCase(word, text) {
            self = .writing
            return
        }
    }

    private static let grammar: [(StaticString, SQLWord)] = [
        ("select", .select), ("with", .with), ("values", .values), ("explain", .explain), ("show", .show),
        ("describe", .describe), ("desc", .describe), ("analyze", .analyze), ("analyse", .analyze), ("plan", .plan),
        ("for", .for), ("share", .lock), ("key", .lock), ("no", .lock),
    ]

    /// Words that write wherever they can stand behind a SELECT or WITH: inside a common table
    /// expression, as SELECT … INTO, or, in dialects that need no semicolon between statements,
    /// simply next. REPLACE, COPY, LOAD, EXPORT and the like only write as the first word, which is
    /// restricted anyway, and are common names of functions and columns.
    static let writingWords: [StaticString] = [
        "insert", "update", "delete", "merge", "upsert", "into", "create", "alter", "drop", "truncate", "grant",
        "revoke", "deny", "call", "exec", "execute", "vacuum", "reindex", "lock", "function", "procedure",
        "backup", "restore", "bulk", "dbcc", "kill", "shutdown", "reconfigure", "declare", "begin", "commit",
        "rollback", "set", "prepare", "deallocate", "updatetext", "writetext", "openquery", "openrowset",
        "opendatasource", "undrop", "unload",
    ]
}
