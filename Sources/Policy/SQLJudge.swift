/// Judges a statement by its tokens: the grammar half of ``SQLReadOnly``.
struct SQLJudge {
    private enum Position: Equatable {
        /// Nothing yet but parentheses.
        case start
        case inside
        /// Behind the semicolon.
        case ended
    }

    private var position = Position.start
    private var kind = SQLWord.other
    private var previous = SQLToken.other
    private var hasSelect = false
    private var parentheses = 0

    mutating func accept(_ token: SQLToken) throws(SQLRefusal) {
        guard position != .ended else { throw .severalStatements }
        if position == .start, token != .open { try begin(token) }
        switch token {
        case .word(let word): try accept(word)
        case .open: parentheses &+= 1
        case .close:
            parentheses &-= 1
            guard parentheses >= 0 else { throw .unbalanced }
        case .semicolon: position = .ended
        case .value, .bracketOpen, .bracketClose, .longArrow, .other: break
        }
        previous = token
    }

    private mutating func begin(_ token: SQLToken) throws(SQLRefusal) {
        guard case .word(let word) = token else { throw token == .semicolon ? .empty : .statementKind }
        switch word {
        case .select, .with, .values, .explain, .show, .describe: kind = word
        case .analyze, .plan, .for, .lock, .writing, .other: throw .statementKind
        }
        position = .inside
    }

    private mutating func accept(_ word: SQLWord) throws(SQLRefusal) {
        // A dialect chains statements by this operator; elsewhere a literal follows it, or a parenthesis.
        if previous == .longArrow { throw .unknownSyntax }
        switch word {
        case .select: hasSelect = true
        case .writing: throw .writingWord
        case .lock: if previous == .word(.for) { throw .lockingClause }
        case .analyze: if kind == .explain { throw .explainExecutes }
        case .plan: if kind == .explain, previous == .word(.explain) { throw .explainExecutes }
        case .with, .values, .explain, .show, .describe, .for, .other: break
        }
    }

    func finish() throws(SQLRefusal) {
        guard position != .start else { throw parentheses == 0 ? .empty : .unbalanced }
        guard parentheses == 0 else { throw .unbalanced }
        if kind == .with, !hasSelect { throw .commonTableWithoutSelect }
    }
}
