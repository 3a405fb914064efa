/// Reads a statement of the subset (``SelectStatement``). The grammar does not nest, and neither does this.
struct SQLParser {
    /// So many columns, conditions, groups or keys: what a statement costs is their number times the rows.
    private static let partLimit = 100
    /// So many values behind an `IN`.
    private static let listLimit = 10_000

    private let tokens: [SQLToken]
    private let parameters: JSONValue?
    private var at = 0

    /// - Parameter parameters: `queryParameters`: an object for `@name`, an array for `?` and `$1`.
    static func parse(_ statement: String, parameters: JSONValue? = nil) throws(SQLError) -> SelectStatement {
        var parser = SQLParser(tokens: try SQLLexer.tokens(of: statement), parameters: parameters)
        return try parser.statement()
    }

    private init(tokens: [SQLToken], parameters: JSONValue?) {
        self.tokens = tokens
        self.parameters = parameters
    }

    private mutating func statement() throws(SQLError) -> SelectStatement {
        guard let first = peek() else { throw .statementEmpty }
        guard take("SELECT") else { throw .onlySelect(first.text) }
        var statement = SelectStatement()
        repeat { statement.items.append(try item()) } while takeSymbol(",")
        if take("FROM") {
            statement.table = try dottedName()
        } else if statement.items.contains(.all) {
            throw unexpected()
        }
        if take("WHERE") {
            repeat { statement.conditions.append(try condition()) } while take("AND")
        }
        if take("GROUP") {
            try expect("BY")
            repeat { statement.groups.append(try name()) } while takeSymbol(",")
        }
        if take("ORDER") {
            try expect("BY")
            repeat { statement.order.append(try orderKey()) } while takeSymbol(",")
        }
        if take("LIMIT") {
            statement.limit = try count()
            if take("OFFSET") { statement.offset = try count() }
        }
        let parts = [statement.items.count, statement.conditions.count, statement.groups.count, statement.order.count]
        guard parts.allSatisfy({ $0 <= Self.partLimit }) else { throw .tooManyParts }
        _ = takeSymbol(";")
        guard peek() == nil else { throw unexpected() }
        return statement
    }

    private mutating func item() throws(SQLError) -> SelectStatement.Item {
        if takeSymbol("*") { return .all }
        if let datum = try literalIfAny() { return .literal(datum, alias: try alias()) }
        if case .word(let word) = peek(), peek(1) == .symbol("(") {
            guard let function = SelectStatement.Aggregate.Function(rawValue: word.lowercased()) else {
                throw unexpected()
            }
            at += 2
            var column: String?
            if function == .count, takeSymbol("*") {} else { column = try name() }
            guard takeSymbol(")") else { throw unexpected() }
            return .aggregate(.init(function: function, column: column), alias: try alias())
        }
        return .column(try name(), alias: try alias())
    }

    private mutating func alias() throws(SQLError) -> String? {
        take("AS") ? try name() : nil
    }

    private mutating func condition() throws(SQLError) -> SelectStatement.Condition {
        let column = try name()
        if take("IS") {
            let isNot = take("NOT")
            try expect("NULL")
            return .init(column: column, test: isNot ? .isNotNull : .isNull)
        }
        if take("LIKE") {
            guard case .text(let pattern) = try literal() else { throw .typesNotComparable(column) }
            return .init(column: column, test: .like(pattern))
        }
        if take("IN") {
            guard takeSymbol("(") else { throw unexpected() }
            var values: [Datum] = []
            repeat { values.append(try literal()) } while takeSymbol(",")
            guard takeSymbol(")") else { throw unexpected() }
            guard values.count <= Self.listLimit else { throw .tooManyParts }
            return .init(column: column, test: .among(values))
        }
        if take("BETWEEN") {
            let low = try literal()
            try expect("AND")
            return .init(column: column, test: .between(low, try literal()))
        }
        guard case .symbol(let symbol) = peek(),
            let comparison = SelectStatement.Comparison(rawValue: symbol == "!=" ? "<>" : symbol)
        else { throw unexpected() }
        at += 1
        return .init(column: column, test: .comparison(comparison, try literal()))
    }

    private mutating func orderKey() throws(SQLError) -> SelectStatement.OrderKey {
        var key: SelectStatement.OrderKey
        if case .number(.integer(let ordinal)) = peek() {
            at += 1
            key = .init(place: .ordinal(Int(clamping: ordinal)))
        } else {
            key = .init(place: .column(try name()))
        }
        if take("DESC") { key.isDescending = true } else { _ = take("ASC") }
        return key
    }

    private mutating func literal() throws(SQLError) -> Datum {
        guard let datum = try literalIfAny() else { throw unexpected() }
        return datum
    }

    private mutating func literalIfAny() throws(SQLError) -> Datum? {
        switch peek() {
        case .string(let text):
            at += 1
            return .text(text)
        case .number(let datum):
            at += 1
            return datum
        case .symbol("-"):
            guard case .number(let datum) = peek(1) else { return nil }
            at += 2
            if case .integer(let number) = datum { return .integer(0 &- number) }
            return .number(-(datum.asNumber ?? 0))
        case .parameter(let name):
            at += 1
            return try parameter(name)
        case .word, .quoted, .symbol, nil: break
        }
        if take("TRUE") { return .bool(true) }
        if take("FALSE") { return .bool(false) }
        return take("NULL") ? .null : nil
    }

    private func parameter(_ name: String) throws(SQLError) -> Datum {
        let value: JSONValue?
        if let place = Int(name), let values = parameters?.asArray {
            value = values.indices.contains(place &- 1) ? values[place &- 1] : nil
        } else {
            value = parameters?[name]
        }
        switch value {
        case .text(let text): return .text(text)
        case .integer(let number): return .integer(number)
        case .number(let number): return .number(number)
        case .bool(let truth): return .bool(truth)
        case .null: return .null
        case .array, .object: throw .parameterUnsupported(name)
        case nil: throw .parameterUnknown(name)
        }
    }

    /// `a.b.c`, where each part, or all of it, may stand between quotes.
    private mutating func dottedName() throws(SQLError) -> String {
        var name = try name()
        while takeSymbol(".") { name += "." + (try self.name()) }
        return name
    }

    private mutating func name() throws(SQLError) -> String {
        switch peek() {
        case .word(let name), .quoted(let name):
            at += 1
            return name
        case .string, .number, .parameter, .symbol, nil: throw unexpected()
        }
    }

    private mutating func count() throws(SQLError) -> Int {
        guard case .integer(let count) = try literal(), count >= 0 else { throw .unexpected("LIMIT or OFFSET") }
        return Int(clamping: count)
    }

    private mutating func expect(_ keyword: String) throws(SQLError) {
        guard take(keyword) else { throw unexpected() }
    }

    private mutating func take(_ keyword: String) -> Bool {
        guard let token = peek(), token.isKeyword(keyword) else { return false }
        at += 1
        return true
    }

    private mutating func takeSymbol(_ symbol: String) -> Bool {
        guard peek() == .symbol(symbol) else { return false }
        at += 1
        return true
    }

    private func peek(_ distance: Int = 0) -> SQLToken? {
        at + distance < tokens.count ? tokens[at + distance] : nil
    }

    private func unexpected() -> SQLError {
        peek().map { .unexpected($0.text) } ?? .unexpectedEnd
    }
}
