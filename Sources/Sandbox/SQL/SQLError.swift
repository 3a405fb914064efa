/// What a statement must keep to in the sandbox's subset of SQL.
package enum SQLError: Error, Equatable {
    case statementEmpty
    case statementTooLong
    case tooManyParts
    case onlySelect(String)
    case characterUnexpected(at: Int)
    case quoteNotClosed(at: Int)
    case numberMalformed(at: Int)
    case unexpected(String)
    case unexpectedEnd
    case tableUnknown(String)
    case columnUnknown(String)
    case columnNotGrouped(String)
    case columnNotNumeric(String)
    case typesNotComparable(String)
    case parameterUnknown(String)
    case parameterUnsupported(String)
    case limitRequired

    var message: String {
        switch self {
        case .statementEmpty: "Syntax error: the statement is empty"
        case .statementTooLong: "The statement is too long"
        case .tooManyParts: "The statement has too many parts"
        case .onlySelect(let word): "The sandbox only answers SELECT, not \(word)"
        case .characterUnexpected(let place): "Syntax error: illegal character at [1:\(place + 1)]"
        case .quoteNotClosed(let place): "Syntax error: unclosed literal at [1:\(place + 1)]"
        case .numberMalformed(let place): "Syntax error: malformed number at [1:\(place + 1)]"
        case .unexpected(let text): "Syntax error: unexpected \(text)"
        case .unexpectedEnd: "Syntax error: unexpected end of statement"
        case .tableUnknown(let name): "Not found: Table \(name)"
        case .columnUnknown(let name): "Unrecognized name: \(name)"
        case .columnNotGrouped(let name):
            "SELECT list expression references column \(name) which is neither grouped nor aggregated"
        case .columnNotNumeric(let name): "The column \(name) holds no numbers"
        case .typesNotComparable(let name): "No matching signature for operator on column \(name)"
        case .parameterUnknown(let name): "Query parameter not found: \(name)"
        case .parameterUnsupported(let name): "Query parameter of unsupported type: \(name)"
        case .limitRequired: "The table has no end: the statement must be SELECT * with a LIMIT"
        }
    }
}
