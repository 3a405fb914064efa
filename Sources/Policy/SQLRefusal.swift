/// Why a statement is not taken for one that only reads. Texts are fixed: none repeats the statement.
package enum SQLRefusal: Error, Equatable, Sendable, CaseIterable {
    case empty
    case notUTF8
    case controlCharacter
    case nonASCIIOutsideQuotes
    case statementKind
    case writingWord
    case lockingClause
    case explainExecutes
    case commonTableWithoutSelect
    case severalStatements
    case unbalanced
    case unterminatedQuote
    case ambiguousQuote
    case dollarQuote
    case unterminatedComment
    case ambiguousComment
    case ambiguousNumber
    case unknownSyntax

    package var code: String { "statement-may-write" }

    package var explanation: String {
        switch self {
        case .empty: "the statement is empty"
        case .notUTF8: "the statement is not UTF-8"
        case .controlCharacter: "the statement has a control character"
        case .nonASCIIOutsideQuotes: "the statement has a character outside ASCII that is not quoted"
        case .statementKind: "the statement does not begin with SELECT, WITH, VALUES, EXPLAIN, SHOW or DESCRIBE"
        case .writingWord: "the statement has an unquoted word that writes in one of the SQL dialects"
        case .lockingClause: "the statement locks rows"
        case .explainExecutes: "this EXPLAIN runs the statement or writes the plan"
        case .commonTableWithoutSelect: "a WITH must lead to a SELECT"
        case .severalStatements: "something follows the semicolon"
        case .unbalanced: "parentheses or brackets are not balanced"
        case .unterminatedQuote: "a quote does not end"
        case .ambiguousQuote: "a quoted text ends at different places in different SQL dialects"
        case .dollarQuote: "the statement has a $ that is not part of a parameter such as $1"
        case .unterminatedComment: "a comment does not end"
        case .ambiguousComment: "a comment ends at different places in different SQL dialects"
        case .ambiguousNumber: "a word follows a number without a space"
        case .unknownSyntax: "the statement has a character or operator whose meaning depends on the SQL dialect"
        }
    }

    package var hint: String {
        "read_only lets a single statement through if it reads in every SQL dialect: "
            + "write it so, or send it through an instance without read_only"
    }
}
