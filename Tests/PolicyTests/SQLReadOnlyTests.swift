import Policy
import TestSupport
import Testing

@Suite struct SQLReadOnlyTests {
    private func refusal(_ sql: [UInt8]) -> SQLRefusal? {
        do throws(SQLRefusal) {
            try SQLReadOnly.check(sql.span)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        "SELECT 1", "select * from carto-demo-data.demo_tables.airports limit 10",
        "SELECT * FROM `carto-demo-data.demo_tables.airports` WHERE name = 'O''Hare'",
        "  \n\tSELECT 1 ;  \n", "(SELECT 1) UNION ALL (SELECT 2)", "WITH a AS (SELECT 1 AS x) SELECT * FROM a",
        "VALUES (1), (2)", "EXPLAIN SELECT * FROM t", "SHOW TABLES", "DESCRIBE t", "DESC TABLE t",
        "SELECT replace(a, 'x', 'y'), left(b, 2) FROM t", "SELECT * REPLACE (a AS b) FROM t",
        "SELECT count(*)::int, a->>'b', a->'c', a||b FROM t",
        "SELECT 'DELETE FROM t; DROP TABLE t -- /* ' FROM t", "SELECT \"update\" FROM t", "SELECT 'a\\d+' FROM t",
        "SELECT r'^\\d+$' FROM t", "/* client 1; DELETE */ SELECT 1 -- done; DROP", "SELECT 1 --\nFROM t",
        "SELECT ARRAY[1,2,3], x[0], ['a','b'] FROM t", "SELECT 1.5e-3, 0x1F, .5, 1e10, 12.  FROM t",
        "SELECT * FROM t WHERE a = $1 AND b = @name AND c = ? AND d = :e",
        "SELECT CASE WHEN a THEN 1 ELSE 2 END FROM t",
        "SELECT substring(a FOR 3) FROM t FOR SYSTEM_TIME AS OF x", "SELECT export, load, open, close FROM t",
        "SELECT deleted, updates, into_x, setting FROM t", "SELECT ST_AsText(geom) FROM t WHERE name = 'caf\u{E9}'",
        "SELECT 1 -- caf\u{E9}\r\nFROM t", "SELECT a FROM t ORDER BY a DESC", "SELECT IF(a, 1, 2) FROM t",
        "SELECT analyze, plan, share, key FROM t", "SELECT a FROM t OFFSET 1 FETCH FIRST 3 ROWS ONLY",
    ])
    func reads(_ sql: String) {
        #expect(refusal(Array(sql.utf8)) == nil)
    }

    @Test(arguments: [
        ("", SQLRefusal.empty), ("  -- only a comment", .empty), (";", .empty), ("(", .unbalanced),
        ("INSERT INTO t VALUES (1)", .statementKind), ("DELETE FROM t", .statementKind),
        ("UPDATE t SET a = 1", .statementKind),
        ("MERGE INTO t USING s", .statementKind), ("CREATE TABLE t AS SELECT 1", .statementKind),
        ("DROP TABLE t", .statementKind),
        ("CALL p()", .statementKind), ("BEGIN", .statementKind), ("DECLARE x INT64", .statementKind),
        ("SET x = 1", .statementKind),
        ("EXPORT DATA OPTIONS(uri='x') AS SELECT 1", .statementKind), ("COPY t FROM 'x'", .statementKind),
        ("EXECUTE IMMEDIATE 'DELETE FROM t'", .statementKind), ("FROM t", .statementKind), ("TABLE t", .statementKind),
        ("GRANT ALL ON t TO u", .statementKind), ("'SELECT'", .statementKind), ("1", .statementKind),
        ("SELECTX 1", .statementKind),
        ("TRUNCATE t", .statementKind), ("ANALYZE t", .statementKind), ("DO $$ x $$", .statementKind),
        ("SELECT * INTO t2 FROM t", .writingWord), ("select*into t2 from t", .writingWord),
        ("WITH d AS (DELETE FROM t RETURNING *) SELECT * FROM d", .writingWord),
        ("WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a", .writingWord),
        ("WITH a AS (SELECT 1) MERGE t", .writingWord),
        ("SELECT 1 DELETE FROM t", .writingWord), ("SELECT 1 EXEC p", .writingWord),
        ("SELECT 1/**/DROP TABLE t", .writingWord),
        ("SELECT 1\nDrOp TABLE t", .writingWord), ("SELECT * FROM t FOR UPDATE", .writingWord),
        ("SELECT(1)UPDATE t SET a=1", .writingWord),
        ("SELECT 'a'INSERT INTO t", .writingWord), ("SELECT [1]DELETE FROM t", .writingWord),
        ("WITH FUNCTION f RETURN NUMBER IS BEGIN x END SELECT 1", .writingWord),
        ("EXPLAIN DELETE FROM t", .writingWord),
        ("SELECT * FROM t LOCK IN SHARE MODE", .writingWord),
        ("SELECT * FROM t FOR SHARE", .lockingClause), ("SELECT * FROM t FOR NO KEY UPDATE", .lockingClause),
        ("SELECT * FROM t for/**/key share", .lockingClause),
        ("EXPLAIN ANALYZE SELECT 1", .explainExecutes), ("EXPLAIN (ANALYZE, BUFFERS) SELECT 1", .explainExecutes),
        ("explain analyse select 1", .explainExecutes), ("EXPLAIN PLAN FOR SELECT 1", .explainExecutes),
        ("WITH a AS (VALUES (1)) TABLE a", .commonTableWithoutSelect),
        ("SELECT 1; DELETE FROM t", .severalStatements), ("SELECT 1; SELECT 2", .severalStatements),
        ("SELECT 1;;", .severalStatements),
        ("SELECT 1;--\nDROP TABLE t", .severalStatements), ("SELECT 1; 'x'", .severalStatements),
        ("SELECT (1", .unbalanced), ("SELECT 1)", .unbalanced), ("SELECT 1) ; DELETE FROM t --", .unbalanced),
        ("SELECT [1", .unbalanced),
        ("SELECT 1]", .unbalanced),
        ("SELECT 'a", .unterminatedQuote), ("SELECT \"a", .unterminatedQuote), ("SELECT `a", .unterminatedQuote),
        ("SELECT 'a''", .unterminatedQuote),
        ("SELECT 'a\\'; DELETE FROM t; --'", .ambiguousQuote), ("SELECT 'a\\\\'", .ambiguousQuote),
        ("SELECT \"a\\\"\"", .ambiguousQuote),
        ("SELECT '''a'; DELETE FROM t; '''", .ambiguousQuote), ("SELECT \"\"\"a\"\"\"", .ambiguousQuote),
        ("SELECT q'[it's]'", .ambiguousQuote), ("SELECT nq'{a}'", .ambiguousQuote), ("SELECT `a b`", .ambiguousQuote),
        ("SELECT `a--`", .ambiguousQuote), ("SELECT `a'`", .ambiguousQuote),
        ("SELECT [a]] ' ] ; DELETE FROM t --']", .ambiguousQuote),
        ("SELECT ['a]'; DELETE FROM t --']", .ambiguousQuote), ("SELECT [a -- ]\n]", .ambiguousComment),
        ("SELECT [a /* ] */ ]", .ambiguousComment),
        ("SELECT $$ ; DELETE FROM t $$", .dollarQuote), ("SELECT $a$ x $a$", .dollarQuote),
        ("SELECT a$b", .dollarQuote),
        ("SELECT $1$ x", .dollarQuote), ("SELECT $", .dollarQuote),
        ("SELECT 1 /* open", .unterminatedComment), ("SELECT 1 /*/", .unterminatedComment),
        ("SELECT 1 /* /* */ ; DELETE FROM t */", .ambiguousComment), ("SELECT 1 /*! INTO t */", .ambiguousComment),
        ("SELECT 1 /*M! INTO t */", .ambiguousComment), ("SELECT 1 -- \\\n ' \n; DELETE FROM t --'", .ambiguousComment),
        ("SELECT 1 -- \u{2028} DELETE", .ambiguousComment), ("SELECT 1 -- \u{85} DELETE", .ambiguousComment),
        ("SELECT 1 */ 2", .ambiguousComment),
        ("SELECT 1INTO t", .ambiguousNumber), ("SELECT 1.INTO t", .ambiguousNumber),
        ("SELECT 1e5INTO t", .ambiguousNumber),
        ("SELECT 0x1FINTO t", .ambiguousNumber), ("SELECT .5INTO t", .ambiguousNumber),
        ("SELECT 1_INTO", .ambiguousNumber),
        ("SELECT 1 # x\n DELETE", .unknownSyntax), ("SELECT {fn now()}", .unknownSyntax),
        ("SELECT {{ x }}", .unknownSyntax),
        ("SELECT \\g", .unknownSyntax), ("SELECT 1 |> EXTEND 2 AS x", .unknownSyntax),
        ("SHOW TABLES ->> REMOVE @s", .unknownSyntax),
        ("SELECT a->> b", .unknownSyntax),
        ("SELECT 1\u{0}", .controlCharacter), ("SELECT 1 -- a\rDELETE FROM t", .controlCharacter),
        ("SELECT 1\u{B}", .controlCharacter),
        ("SELECT 1\r", .controlCharacter), ("SELECT '\u{7F}'", .controlCharacter),
        ("SELECT a\u{A0}INTO t", .nonASCIIOutsideQuotes), ("SELECT 1\u{A0}INTO t", .ambiguousNumber),
        ("SELECT caf\u{E9}", .nonASCIIOutsideQuotes), ("\u{FEFF}SELECT 1", .nonASCIIOutsideQuotes),
        ("SELECT \u{2019}a\u{2019}", .nonASCIIOutsideQuotes),
    ])
    func refuses(_ sql: String, _ expected: SQLRefusal) {
        #expect(refusal(Array(sql.utf8)) == expected)
    }

    @Test func brokenUTF8IsRefusedBeforeAQuoteCouldBeSwallowed() {
        #expect(refusal(Array("SELECT '".utf8) + [0xE2] + Array("' ; DELETE FROM t --'".utf8)) == .notUTF8)
        #expect(refusal(Array("SELECT 1 ".utf8) + [0xC3]) == .notUTF8)
    }

    @Test func everyWritingWordIsRefusedInEveryCaseAndPlace() {
        for word in [
            "insert", "Update", "DELETE", "merge", "into", "create", "alter", "drop", "truncate", "grant", "revoke",
            "call", "exec", "execute", "set", "begin", "declare", "lock", "vacuum", "unload",
        ] {
            for sql in [
                "SELECT 1 \(word) x", "WITH a AS (\(word) x) SELECT 1", "SELECT(\(word))", "SELECT a.\(word)",
                "SELECT @\(word)", "SHOW \(word)",
            ] {
                #expect(refusal(Array(sql.utf8)) == .writingWord, "\(sql)")
            }
            #expect(
                refusal(Array("SELECT '\(word)', \"\(word)\", `\(word)`, \(word)_x /* \(word) */ -- \(word)".utf8))
                    == nil)
        }
    }

    @Test func aSourceMayBeTheNameOfATable() {
        func reads(_ source: String) -> Bool {
            (try? SQLReadOnly.checkSource(Array(source.utf8).span)) != nil
        }
        for name in ["t", "carto-demo-data.demo_tables.airports", "`a-b.c.d`", "\"A\".\"b\"", "a$b", "SELECT 1"] {
            #expect(reads(name), "\(name)")
        }
        for text in [
            "", "t;", "a--b", "t) ; DELETE FROM t --", "t t", "`a", "\"a", "a'b", "DELETE FROM t", "caf\u{E9}",
        ] { #expect(!reads(text), "\(text)") }
    }

    /// Whatever passed has ended its quotes and comments: what is put behind it is seen.
    @Test func nothingHidesBehindWhatPassed() {
        var generator = SplitMix64(seed: 11)
        let pieces = [
            "'", "\"", "`", "[", "]", "(", ")", "--", "/*", "*/", "\n", "\\", "$", "1", "e", "x", ";", " ", "->>",
            "\u{2028}",
            "\u{85}", "\u{E9}", ".", "''", "a",
        ]
        var passed = 0
        for _ in 0..<60_000 {
            var sql = Array("SELECT ".utf8)
            for _ in 0..<Int.random(in: 0...6, using: &generator) {
                sql += Array(pieces.randomElement(using: &generator)!.utf8)
            }
            if Int.random(in: 0..<10, using: &generator) == 0 { sql.removeLast() }
            guard refusal(sql) == nil else { continue }
            passed += 1
            #expect(refusal(sql + Array("\n; DELETE FROM t".utf8)) != nil)
            #expect(refusal(sql + Array("\nINTO t".utf8)) != nil)
        }
        #expect(passed > 1_000)
    }
}
