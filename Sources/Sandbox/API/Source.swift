/// What a request wants data from, checked against the caller's grants.
struct Source: Sendable {
    let connection: String
    let caller: Caller
    let exchange: Exchange

    init(connection: String, caller: Caller, _ exchange: Exchange) throws(Refusal) {
        let isKnown = exchange.state.update { contents in
            contents.connections.items.contains { $0["name"]?.asText?.utf8.elementsEqual(connection.utf8) ?? false }
        }
        guard isKnown else { throw .notFound("Connection \(connection)") }
        self.connection = connection
        self.caller = caller
        self.exchange = exchange
    }

    /// Runs a statement or, where the text is the name of one, a named source.
    func query(_ text: String, parameters: JSONValue?) throws(Refusal) -> Warehouse.Result {
        let stored = exchange.state.update { $0.namedSources[trimmed(text)]?["source"]?.asText }
        let statement: SelectStatement
        do throws(SQLError) {
            statement = try SQLParser.parse(stored ?? text, parameters: parameters)
        } catch {
            throw .statementRefused(error)
        }
        if stored != nil {
            // A named source hides its tables: what counts is the grant of its name.
            try requireGrant([trimmed(text)])
        } else if let table = statement.table {
            try requireGrant([text, table, DataSet.fullName(table)])
        }
        do throws(SQLError) {
            return try Warehouse(data: exchange.state.data).run(statement)
        } catch {
            throw .statementRefused(error)
        }
    }

    /// The rows of a statement; refuses those that never end.
    func rows(of text: String, parameters: JSONValue?) throws(Refusal) -> Table {
        switch try query(text, parameters: parameters) {
        case .table(let table): return table
        case .synthetic: throw .statementRefused(.limitRequired)
        }
    }

    func table(_ name: String) throws(Refusal) -> Table {
        try requireGrant([name, DataSet.fullName(name)])
        guard let table = exchange.state.data.table(name) else { throw .notFound("Table \(name)") }
        return table
    }

    private func requireGrant(_ names: [String]) throws(Refusal) {
        switch caller {
        case .oauth: return
        case .apiAccessToken(let token):
            guard token.grants(connection: connection, anyOf: names) else { throw .sourceNotGranted(names[0]) }
        }
    }
}
