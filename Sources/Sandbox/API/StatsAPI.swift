/// `/v3/stats`: what a column holds.
struct StatsAPI {
    func answer(_ exchange: Exchange, _ path: [String]) throws(Refusal) -> SandboxAnswer {
        let caller = try exchange.requireToken(api: "maps")
        try exchange.allow("GET", "POST")
        guard path.count == 2 || path.count == 3 else { throw .routeUnknown }
        let source = try Source(connection: path[0], caller: caller, exchange)
        let table: Table
        if path.count == 3 {
            table = try source.table(path[1])
        } else {
            let parameters = try exchange.parameters()
            guard let text = parameters.text("q") else { throw .parameterMissing("q") }
            table = try source.rows(of: text, parameters: parameters.document("queryParameters"))
        }
        let name = path[path.count - 1]
        guard let index = table.index(of: name) else { throw .statementRefused(.columnUnknown(name)) }
        return SandboxAnswer(
            json: ColumnStatistics(table, index).json, fields: [("Cache-Control", "public, max-age=300")])
    }
}
